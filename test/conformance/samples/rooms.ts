import type { Samples } from './index.ts'

export const roomSamples: Samples<'chatrooms'> = {
  'chatrooms.create': () => ({
    body: {
      owner_username: 'tommy',
      name: '测试聊天室',
      description: '测试',
      members_username: ['caiyi', 'lucas'],
      flag: 1,
    },
  }),
  'chatrooms.getBatch': async town => ({ body: [town.roomId, await town.room('lucas')] }),
  'chatrooms.list': () => ({ query: { start: 0, count: 500 } }),
  'chatrooms.update': ({ roomId }) => ({
    params: { roomId },
    body: { owner_username: 'caiyi', name: '中国人', description: '说什么来这' },
  }),
  'chatrooms.delete': ({ roomId }) => ({ params: { roomId } }),
  'chatrooms.forbidden': ({ roomId }) => ({ params: { roomId, username: 'caiyi' }, query: { status: 1 } }),
  'chatrooms.members.list': ({ roomId }) => ({ params: { roomId }, query: { start: 0, count: 500 } }),
  'chatrooms.members.add': ({ roomId }) => ({ params: { roomId }, body: ['caiyi', 'lucas'] }),
  'chatrooms.members.remove': ({ roomId }) => ({ params: { roomId }, body: ['caiyi'] }),
}
