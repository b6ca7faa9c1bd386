import { ABROAD, ROOM_LIMIT, type Town } from '../town.ts'
import { crowded, full } from './crowds.ts'
import {
  again,
  noBody,
  nobody,
  noGroup,
  noRoom,
  oddGid,
  oddName,
  type Provoke,
  type Refusals,
  withBody,
  withParts,
} from './provoke.ts'

const appkey = ABROAD.appKey
const nowhere = 'f'.repeat(24)

/** The sample's item, changed; `appkey` is that of the other app. */
const item = (change: object): Provoke => withBody([{ appkey, ...change }])

const dnd = (change: (gid: number, town: Town) => object): Provoke =>
  withParts(async town => ({
    body: [{ appkey, ...change(await town.groupAbroad('tommy'), town) }],
  }))

export const crossRefusals: Refusals<'cross'> = {
  'cross.groups.members.update': {
    899002: item({ add: ['nobody'] }),
    899003: item({ add: [], remove: [] }),
    899006: noGroup,
    899011: item({ add: ['olga1'] }),
    899012: full((_, gid) => ({ params: { gid }, body: [{ appkey, add: ['olga1'] }] })),
    899014: item({ remove: ['oscar'] }),
    899015: crowded((name, gid, town) => ({ params: { gid }, body: [{ appkey: town.appKey, add: [name] }] })),
    899020: withBody([{ appkey: nowhere, add: ['olga1'] }]),
  },
  'cross.groups.members.list': { 899003: oddGid, 899006: noGroup },
  'cross.users.groups.list': { 899002: nobody, 899003: oddName },
  'cross.users.blacklist.add': {
    899002: item({ usernames: ['nobody'] }),
    899003: noBody,
    899017: again,
    899018: item({ usernames: ['chief'] }),
    899020: withBody([{ appkey: nowhere, usernames: ['olga1'] }]),
  },
  'cross.users.blacklist.remove': {
    899002: item({ usernames: ['nobody'] }),
    899003: noBody,
    899019: item({ usernames: ['oscar'] }),
    899020: withBody([{ appkey: nowhere, usernames: ['olga1'] }]),
  },
  'cross.users.blacklist.list': { 899002: nobody, 899003: oddName },
  'cross.users.nodisturb': {
    899002: item({ single: { add: ['nobody'] } }),
    899003: item({}),
    899020: withBody([{ appkey: nowhere, single: { add: ['olga1'] } }]),
    899043: item({ single: { add: ['oscar'] } }),
    899044: item({ single: { remove: ['olga1'] } }),
    899046: withParts(async town => ({
      body: [{ appkey: town.appKey, group: { add: [await town.group('lucas')] } }],
    })),
    899047: withParts(async town => {
      const body = [{ appkey, group: { add: [await town.groupAbroad('tommy')] } }]
      await town.must('cross.users.nodisturb', { params: { username: 'tommy' }, body })
      return { body }
    }),
    899049: dnd(gid => ({ group: { remove: [gid] } })),
    899051: item({ group: { add: [999_999_999] } }),
  },
  'cross.users.friends.add': {
    899002: nobody,
    899003: noBody,
    899020: withBody({ appkey: nowhere, users: ['olga1'] }),
    899070: again,
  },
  'cross.users.friends.remove': {
    899002: nobody,
    899003: noBody,
    899020: withBody({ appkey: nowhere, users: ['olga1'] }),
  },
  'cross.users.friends.update': {
    899002: nobody,
    899003: item({ username: 'olga1' }),
    899020: withBody([{ appkey: nowhere, username: 'olga1', others: 'x' }]),
    899071: item({ username: 'oscar', others: 'x' }),
  },
  'cross.chatroom.members.update': {
    899002: item({ add: ['nobody'] }),
    899003: item({ add: [], remove: [] }),
    899020: withBody([{ appkey: nowhere, add: ['olga1'] }]),
    899081: noRoom,
    899082: item({ remove: ['oscar'] }),
    851006: withParts(async town => {
      const names = Array.from({ length: ROOM_LIMIT }, (_, index) => `visitor${index}`)
      await town.must('users.register', { body: names.map(username => ({ username, password: 'secret' })) })
      return { body: [{ appkey: town.appKey, add: names }] }
    }),
    852004: withParts(town => ({ body: [{ appkey: town.appKey, remove: ['tommy'] }] })),
  },
}
