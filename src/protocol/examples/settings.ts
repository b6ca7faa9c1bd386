/** Friends, sensitive words, media, configuration and errors. */
export const settingExamples = {
  'error.401.response': {
    error: {
      code: 899008,
      message: 'Basic authentication failed',
    },
  },
  'error.429.response': {
    error: {
      code: 2002,
      message: 'Rate limit exceeded',
    },
  },
  'friends.add.request': ['user01', 'user02'],
  'friends.list.response': [
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
      note_name: '= =',
      others: 'test',
      appkey: 'pojkasouduioadk',
    },
  ],
  'friends.remove.request': ['user01', 'user02'],
  'friends.update.request': [
    {
      note_name: 'new note name',
      others: '好友备注文档',
      username: 'user01',
    },
  ],
  'resource.download.response': {
    url: 'http://.........',
  },
  'resource.upload.file.response': {
    media_id: 'qiniu/file/j/1BB3B833AEABFF62E883C5CE421867A9',
    media_crc32: 1415584260,
    fname: '0839d1c0-48e9-4032-9333-f3691a7d9e48.dmp',
    fsize: 176512,
    hash: 'FtH0kPT0YI89HAw1K9wv_vVKiNab',
  },
  'resource.upload.image.response': {
    media_id: 'qiniu/image/F39AA12204DAB6A2',
    media_crc32: 1338734977,
    width: 720,
    height: 1280,
    format: 'jpg',
    fsize: 52468,
  },
  'resource.upload.voice.response': {
    media_id: 'qiniu/voice/j/9C4312B1EA0FB28337566D1A29A244B5',
    media_crc32: 1882116055,
    hash: 'FoYn15bAGRUM9gZCAkvf9dolVH7h',
    format: 'm4a',
    fsize: 238105,
  },
  'sdkregister.get.response': {
    status: 0,
  },
  'sensitivewords.add.request': ['FUCK'],
  'sensitivewords.delete.request': {
    word: 'fuck',
  },
  'sensitivewords.list.response': {
    start: 2,
    count: 1,
    words: [
      {
        name: 'fuck',
        itime: '1970-01-17 16:49:11',
      },
    ],
    total: 3,
  },
  'sensitivewords.status.get.response': {
    status: 1,
  },
  'sensitivewords.update.request': {
    new_word: 'fuck',
    old_word: 'FUCK',
  },
}
