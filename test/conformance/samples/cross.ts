import { ABROAD, type Town } from '../town.ts'
import type { Samples } from './index.ts'

const appkey = ABROAD.appKey
const tommy = { username: 'tommy' }

const befriend = (town: Town) =>
  town.must('cross.users.friends.add', { params: tommy, body: { appkey, users: ['olga1'] } })
const block = (town: Town) =>
  town.must('cross.users.blacklist.add', { params: tommy, body: [{ appkey, usernames: ['olga1'] }] })

export const crossSamples: Samples<'cross'> = {
  'cross.groups.members.update': async town => {
    const params = { gid: town.gid }
    await town.must('cross.groups.members.update', { params, body: [{ appkey, add: ['olga1'] }] })
    return { params, body: [{ appkey, add: ['oscar'], remove: ['olga1'] }] }
  },
  'cross.groups.members.list': async town => {
    const params = { gid: town.gid }
    await town.must('cross.groups.members.update', { params, body: [{ appkey, add: ['olga1'] }] })
    return { params }
  },
  'cross.users.groups.list': async town => {
    await town.groupAbroad('tommy')
    return { params: tommy }
  },
  'cross.users.blacklist.add': () => ({ params: tommy, body: [{ appkey, usernames: ['olga1', 'oscar'] }] }),
  'cross.users.blacklist.remove': async town => {
    await block(town)
    return { params: tommy, body: [{ appkey, usernames: ['olga1'] }] }
  },
  'cross.users.blacklist.list': async town => {
    await block(town)
    return { params: tommy }
  },
  'cross.users.nodisturb': async town => {
    const [here, there] = [await town.groupAbroad('tommy'), await town.groupAbroad('tommy')]
    const before = [{ appkey, single: { add: ['oscar'] }, group: { add: [there] } }]
    await town.must('cross.users.nodisturb', { params: tommy, body: before })
    return {
      params: tommy,
      body: [
        { appkey, single: { add: ['olga1'], remove: ['oscar'] }, group: { add: [here], remove: [there] } },
      ],
    }
  },
  'cross.users.friends.add': () => ({ params: tommy, body: { appkey, users: ['olga1', 'oscar'] } }),
  'cross.users.friends.remove': async town => {
    await befriend(town)
    return { params: tommy, body: { appkey, users: ['olga1', 'oscar'] } }
  },
  'cross.users.friends.update': async town => {
    await befriend(town)
    return { params: tommy, body: [{ appkey, username: 'olga1', note_name: '友', others: '备注' }] }
  },
  'cross.chatroom.members.update': async town => {
    const params = { roomId: town.roomId }
    await town.must('cross.chatroom.members.update', { params, body: [{ appkey, add: ['olga1'] }] })
    return { params, body: [{ appkey, add: ['oscar'], remove: ['olga1'] }] }
  },
}
