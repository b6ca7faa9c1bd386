/** Chat rooms. */
export const chatroomExamples = {
  'chatrooms.create.request': {
    owner_username: 'liming',
    name: '测试聊天室',
    description: '测试',
    members_username: [],
  },
  'chatrooms.create.response': {
    chatroom_id: 1000000,
  },
  'chatrooms.getBatch.request': [10000001, 10000002],
  'chatrooms.getBatch.response': [
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
    {
      id: 10000002,
      owner_username: 'xiaoming',
      max_member_count: 10000,
      appkey: '4f7aef34fb361292c566a1cd',
      name: 'test',
      description: 'test',
      total_member_count: 2,
      ctime: '2017-11-27 18:38:25',
    },
  ],
  'chatrooms.list.response': {
    total: 1,
    rooms: [
      {
        id: 62,
        owner_username: 'xiaoming',
        max_member_count: 10000,
        appkey: '4f7aef34fb361292c566a1cd',
        name: 'test',
        description: 'test',
        total_member_count: 11,
        ctime: '2017-11-27 18:38:25',
      },
    ],
    start: 0,
    count: 1,
  },
  'chatrooms.members.add.request': ['username1', 'username2'],
  'chatrooms.members.list.response': {
    total: 2,
    users: [
      {
        username: '13538013231',
        flag: 0,
        room_ctime: '2017-11-17 08:57:54',
        mtime: '2017-10-30 17:24:17',
        ctime: '2017-10-30 17:24:17',
      },
      {
        username: 'xia_12',
        flag: 0,
        room_ctime: '2017-11-16 19:13:07',
        mtime: '2017-02-08 17:56:04',
        ctime: '2017-02-08 17:56:04',
      },
    ],
    count: 2,
    start: 0,
  },
  'chatrooms.members.remove.request': ['username1', 'username2'],
  'chatrooms.update.request': {
    owner_username: '135380113231',
    name: '中国人',
    description: '说什么来这',
  },
}
