import type { Samples } from './index.ts'

export const groupSamples: Samples<'groups'> = {
  'groups.create': () => ({
    body: {
      owner_username: 'tommy',
      name: '群聊天室',
      members_username: ['caiyi', 'lucas'],
      avatar: 'qiniu/image/j/0123456789ABCDEF0123456789ABCDEF',
      desc: '运动',
      flag: 2,
    },
  }),
  'groups.get': ({ gid }) => ({ params: { gid } }),
  'groups.list': () => ({ query: { start: 0, count: 500 } }),
  'groups.update': ({ gid }) => ({
    params: { gid },
    body: { name: '新名字', desc: '', avatar: 'qiniu/image/j/0123456789ABCDEF0123456789ABCDEF' },
  }),
  'groups.delete': ({ gid }) => ({ params: { gid } }),
  'groups.owner.update': ({ gid, appKey }) => ({
    params: { gid },
    body: { username: 'caiyi', appkey: appKey },
  }),
  'groups.silence': ({ gid }) => ({ params: { gid }, query: { status: true }, body: ['caiyi'] }),
  'groups.members.update': ({ gid }) => ({
    params: { gid },
    body: { add: ['yiyun', 'lucas'], remove: ['caiyi'] },
  }),
  'groups.members.add': ({ gid }) => ({ params: { gid }, body: ['yiyun', 'lucas'] }),
  'groups.members.remove': ({ gid }) => ({ params: { gid }, body: ['caiyi'] }),
  'groups.members.list': ({ gid }) => ({ params: { gid } }),
}
