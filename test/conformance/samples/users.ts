import { newcomer } from '../town.ts'
import type { Samples } from './index.ts'

const tommy = { username: 'tommy' }

export const userSamples: Samples<'users' | 'admins' | 'friends'> = {
  'users.register': () => ({ body: [newcomer('novak')] }),
  'admins.register': () => ({ body: [newcomer('novak')] }),
  'admins.list': () => ({ query: { start: 0, count: 500 } }),
  'users.list': () => ({ query: { start: 0, count: 500 } }),
  'users.get': () => ({ params: tommy }),
  'users.update': () => {
    const { username: _, password: __, ...profile } = newcomer('tommy')
    return { params: tommy, body: profile }
  },
  'users.stat': () => ({ params: tommy }),
  'users.statBatch': () => ({ body: ['tommy', 'caiyi'] }),
  'users.statBatchV2': () => ({ body: ['tommy', 'nobody'] }),
  'users.password.update': () => ({ params: tommy, body: { new_password: 'secrets' } }),
  'users.delete': () => ({ params: tommy }),
  'users.deleteBatch': () => ({ body: ['tommy', 'lucas'] }),
  'users.blacklist.add': () => ({ params: tommy, body: ['caiyi', 'lucas'] }),
  'users.blacklist.remove': async town => {
    await town.must('users.blacklist.add', { params: tommy, body: ['caiyi', 'lucas'] })
    return { params: tommy, body: ['caiyi', 'lucas'] }
  },
  'users.blacklist.list': async town => {
    await town.must('users.blacklist.add', { params: tommy, body: ['caiyi'] })
    return { params: tommy }
  },
  'users.nodisturb': async town => {
    const other = await town.group('tommy')
    await town.must('users.nodisturb', {
      params: tommy,
      body: { single: { add: ['lucas'] }, group: { add: [other] } },
    })
    return {
      params: tommy,
      body: {
        single: { add: ['yiyun'], remove: ['lucas'] },
        group: { add: [town.gid], remove: [other] },
        global: 1,
      },
    }
  },
  'users.forbidden': () => ({ params: tommy, query: { disable: true } }),
  'users.groups.list': () => ({ params: tommy }),
  'users.chatrooms.list': () => ({ params: tommy }),
  'users.groupsShield': async town => {
    const other = await town.group('tommy')
    await town.must('users.groupsShield', { params: tommy, body: { add: [other] } })
    return { params: tommy, body: { add: [town.gid], remove: [other] } }
  },
  'friends.add': () => ({ params: tommy, body: ['caiyi', 'lucas'] }),
  'friends.remove': async town => {
    await town.must('friends.add', { params: tommy, body: ['caiyi'] })
    return { params: tommy, body: ['caiyi', 'lucas'] }
  },
  'friends.update': async town => {
    await town.must('friends.add', { params: tommy, body: ['caiyi'] })
    return { params: tommy, body: [{ username: 'caiyi', note_name: '蔡', others: '= =' }] }
  },
  'friends.list': async town => {
    await town.must('friends.add', { params: tommy, body: ['caiyi'] })
    const body = [{ username: 'caiyi', note_name: '蔡', others: '= =' }]
    await town.must('friends.update', { params: tommy, body })
    return { params: tommy }
  },
}
