/** Calls across applications. */
export const crosExamples = {
  'cross.chatroom.members.update.request': [
    {
      appkey: '4f7aef34fb361292c566a1cd',
      add: ['test1', 'test2'],
      remove: ['name3', 'name4'],
    },
  ],
  'cross.groups.members.list.response': [
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
      appkey: 'appkey',
    },
  ],
  'cross.groups.members.update.request': [
    {
      appkey: '4f7aef34fb361292c566a1cd',
      add: ['test1', 'test2'],
      remove: ['name3', 'name4'],
    },
  ],
  'cross.users.blacklist.add.request': [
    {
      appkey: 'appkey',
      usernames: ['test1', 'test2'],
    },
  ],
  'cross.users.blacklist.list.response': [
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
      appkey: 'appkey',
    },
  ],
  'cross.users.blacklist.remove.request': [
    {
      appkey: 'appkey',
      usernames: ['test1', 'test2'],
    },
  ],
  'cross.users.friends.add.request': {
    appkey: 'appkey1',
    users: ['username1', 'username2'],
  },
  'cross.users.friends.remove.request': {
    appkey: 'appkey1',
    users: ['username1', 'username2'],
  },
  'cross.users.friends.update.request': [
    {
      note_name: 'new note name',
      others: '好友备注文档',
      username: 'user01',
      appkey: 'appkey',
    },
  ],
  'cross.users.groups.list.response': [
    {
      gid: 12345,
      name: 'jpush',
      desc: 'push',
      appkey: 'dcf71ef5082057832bd44fbd',
      max_member_count: 200,
      mtime: '2014-07-01 00:00:00',
      ctime: '2014-06-05 00:00:00',
      MaxMemberCount: 200,
    },
  ],
  'cross.users.nodisturb.request': [
    {
      appkey: 'appkey1',
      single: {
        add: ['username1', 'username2'],
      },
      group: {
        add: [110000101],
        remove: [1000001111],
      },
    },
  ],
}
