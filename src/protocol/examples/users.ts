/** Registration, users and what they keep of each other. */
export const userExamples = {
  'admins.list.response': {
    total: 1233,
    start: 1100,
    count: 3,
    users: [
      {
        username: 'cai',
        nickname: 'hello',
        mtime: '2015-01-01 00:00:00',
        ctime: '2015-01-01 00:00:00',
      },
      {
        username: 'yi',
        nickname: 'hello',
        mtime: '2015-01-01 00:00:00',
        ctime: '2015-01-01 00:00:00',
      },
      {
        username: 'huang',
        nickname: 'hello',
        mtime: '2015-01-01 00:00:00',
        ctime: '2015-01-01 00:00:00',
      },
    ],
  },
  'admins.register.request': {
    username: 'dev_fang',
    password: 'password',
  },
  'users.blacklist.add.request': ['test1', 'test2'],
  'users.blacklist.list.response': [
    {
      username: 'javen',
      nickname: 'hello',
      avatar: '/avatar',
      birthday: '1990-01-24 00:00:00',
      gender: 0,
      signature: 'orz',
      region: 'shenzhen',
      address: 'shenzhen',
      mtime: '2015-01-01 00:00:00',
      ctime: '2015-01-01 00:00:00',
    },
  ],
  'users.blacklist.remove.request': ['test1', 'test2'],
  'users.chatrooms.list.response': [
    {
      id: 100000,
      owner_username: 'xiaoming',
      max_member_count: 10000,
      appkey: '4f7aef34fb361292c566a1cd',
      name: 'test',
      description: 'test',
      total_member_count: 2,
      ctime: '2017-11-27 18:38:25',
    },
    {
      id: 10000001,
      owner_username: 'xiaoming',
      max_member_count: 10000,
      appkey: '4f7aef34fb361292c566a1cd',
      name: 'test',
      description: 'test',
      total_member_count: 2,
      ctime: '2017-11-27 18:38:25',
    },
  ],
  'users.deleteBatch.request': ['USER1', 'USER2'],
  'users.get.response': {
    username: 'javen',
    nickname: 'hello',
    avatar: '/avatar',
    birthday: '1990-01-24 00:00:00',
    gender: 0,
    signature: 'orz',
    region: 'shenzhen',
    address: 'shenzhen',
    mtime: '2015-01-01 00:00:00',
    ctime: '2015-01-01 00:00:00',
  },
  'users.groups.list.response': [
    {
      gid: 12345,
      name: 'jpush',
      desc: 'push',
      appkey: 'dcf71ef5082057832bd44fbd',
      MaxMemberCount: 500,
      mtime: '2014-07-01 00:00:00',
      ctime: '2014-06-05 00:00:00',
    },
  ],
  'users.groupsShield.request': {
    add: [110000101],
    remove: [1000001111],
  },
  'users.list.response': {
    total: 12580,
    start: 1100,
    count: 3,
    users: [
      {
        username: 'cai',
        nickname: 'hello',
        mtime: '2015-01-01 00:00:00',
        ctime: '2015-01-01 00:00:00',
      },
      {
        username: 'yi',
        nickname: 'hello',
        mtime: '2015-01-01 00:00:00',
        ctime: '2015-01-01 00:00:00',
      },
      {
        username: 'huang',
        nickname: 'hello',
        mtime: '2015-01-01 00:00:00',
        ctime: '2015-01-01 00:00:00',
      },
    ],
  },
  'users.nodisturb.request': {
    single: {
      add: ['username1', 'username2'],
    },
    group: {
      add: [110000101],
      remove: [1000001111],
    },
    global: 0,
  },
  'users.password.update.request': {
    new_password: '654321',
  },
  'users.register.request': [
    {
      username: 'dev_fang',
      password: 'password',
    },
  ],
  'users.register.response': [
    {
      username: 'dev_fang',
    },
  ],
  'users.register.partial.response': [
    {
      username: 'dev_fang',
    },
    {
      username: 'dev_li',
      error: {
        code: 899001,
        message: 'User exist',
      },
    },
    {
      username: 'x!',
      error: {
        code: 899003,
        message: 'parameter invalid',
      },
    },
  ],
  'users.stat.response': {
    login: true,
    online: false,
  },
  'users.statBatch.request': ['USER1', 'USER2'],
  'users.statBatch.response': [
    {
      devices: [],
      username: 'caiyh01',
    },
    {
      devices: [
        {
          login: false,
          online: false,
          platform: 'a',
        },
      ],
      username: 'Rauly',
    },
  ],
  'users.statBatchV2.request': ['USER1', 'USER2'],
  'users.statBatchV2.response': [
    {
      devices: [],
      username: 'caiyh01',
      statuscode: 1,
      statusmsg: 'no_exist',
    },
    {
      devices: [
        {
          login: false,
          online: false,
          platform: 'a',
        },
      ],
      username: 'Rauly',
      statuscode: 0,
    },
  ],
  'users.update.request': {
    nickname: 'Hello JMessage',
  },
}
