/** Groups. */
export const groupExamples = {
  'groups.create.request': {
    owner_username: 'tom',
    name: '群聊天室',
    members_username: ['eddie', 'annie'],
    flag: 1,
    desc: '运动',
  },
  'groups.create.response': {
    gid: 12345,
    owner_username: '123456',
    name: 'display_name',
    members_username: [],
    desc: 'doubi',
    MaxMemberCount: 500,
    appkey: '4f7aef34fb361292c566a1cd',
    mtime: '2014-07-01 00:00:00',
    ctime: '2014-07-01 00:00:00',
  },
  'groups.get.response': {
    gid: 12345,
    name: 'jpush',
    desc: 'push',
    appkey: 'dcf71ef5082057832bd44fbd',
    MaxMemberCount: 500,
    mtime: '2014-07-01 00:00:00',
    ctime: '2014-06-05 00:00:00',
  },
  'groups.list.response': {
    total: 1233,
    start: 1100,
    count: 1,
    groups: [
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
  },
  'groups.members.add.request': ['test1', 'test2'],
  'groups.members.list.response': [
    {
      username: 'javen',
      nickname: 'hello',
      avatar: '/avatar',
      birthday: '1990-01-24 00:00:00',
      gender: 0,
      signature: 'orz',
      region: 'shenzhen',
      address: 'shenzhen',
      flag: 0,
    },
  ],
  'groups.members.remove.request': ['test1', 'test2'],
  'groups.members.update.request': {
    add: ['test1', 'test2'],
    remove: ['test3', 'test4'],
  },
  'groups.owner.update.cross.request': {
    appkey: '4f7aef34fb361292c566a1cd',
    username: 'test1',
  },
  'groups.owner.update.request': {
    username: 'test1',
  },
  'groups.silence.request': ['username1', 'username2'],
  'groups.update.request': {
    name: 'new group name',
  },
}
