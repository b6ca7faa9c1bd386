import { newcomer, type Town } from '../town.ts'
import {
  again,
  noBody,
  nobody,
  noPage,
  oddName,
  type Refusals,
  withBody,
  withParts,
  withQuery,
} from './provoke.ts'

const tommy = { username: 'tommy' }

/** A change of do-not-disturb, after another one. */
const dnd = (change: (town: Town) => object, before?: (town: Town) => object) =>
  withParts(async town => {
    if (before) await town.must('users.nodisturb', { params: tommy, body: before(town) })
    return { params: tommy, body: change(town) }
  })
const shield = (change: (town: Town) => object) => withParts(town => ({ params: tommy, body: change(town) }))

export const userRefusals: Refusals<'users' | 'admins'> = {
  'users.register': {
    899001: withBody([newcomer('tommy')]),
    899003: withBody([{ username: 'x!', password: 'secret' }]),
    899013: withBody(Array.from({ length: 501 }, (_, i) => ({ username: `user${i}`, password: 'secret' }))),
  },
  'admins.register': { 899001: withBody(newcomer('tommy')), 899003: withBody({ username: 'novak' }) },
  'admins.list': { 899003: noPage },
  'users.list': { 899003: noPage },
  'users.get': { 899002: nobody, 899003: oddName },
  'users.update': { 899002: nobody, 899003: withBody({}) },
  'users.stat': { 899002: nobody, 899003: oddName },
  'users.statBatch': { 899002: withBody(['tommy', 'nobody']), 899003: withBody(['x!']) },
  'users.statBatchV2': { 899003: withBody(['x!']) },
  'users.password.update': { 899002: nobody, 899003: withBody({ new_password: 'abc' }) },
  'users.delete': { 899002: nobody, 899003: oddName },
  'users.deleteBatch': { 899002: withBody(['tommy', 'nobody']), 899003: withBody([]) },
  'users.blacklist.add': {
    899002: withBody(['caiyi', 'nobody']),
    899003: withBody(['tommy']),
    899017: again,
    899018: withBody(['boss1']),
  },
  'users.blacklist.remove': { 899002: withBody(['nobody']), 899003: noBody, 899019: withBody(['yiyun']) },
  'users.blacklist.list': { 899002: nobody, 899003: oddName },
  'users.nodisturb': {
    899002: dnd(() => ({ single: { add: ['nobody'] } })),
    899003: withBody({}),
    899043: dnd(
      () => ({ single: { add: ['caiyi'] } }),
      () => ({ single: { add: ['caiyi'] } }),
    ),
    899044: dnd(() => ({ single: { remove: ['caiyi'] } })),
    899046: withParts(async town => ({ body: { group: { add: [await town.group('lucas')] } } })),
    899047: dnd(
      ({ gid }) => ({ group: { add: [gid] } }),
      ({ gid }) => ({ group: { add: [gid] } }),
    ),
    899048: dnd(
      () => ({ global: 1 }),
      () => ({ global: 1 }),
    ),
    899049: dnd(({ gid }) => ({ group: { remove: [gid] } })),
    899050: dnd(() => ({ global: 0 })),
    899051: dnd(() => ({ group: { add: [999_999_999] } })),
  },
  'users.forbidden': { 899002: nobody, 899003: withQuery({ disable: 'yes' }) },
  'users.groups.list': { 899002: nobody, 899003: oddName },
  'users.chatrooms.list': { 899002: nobody, 899003: oddName },
  'users.groupsShield': {
    842002: withParts(async town => ({ body: { add: [await town.group('lucas')] } })),
    899002: nobody,
    899003: withBody({}),
    899051: shield(() => ({ add: [999_999_999] })),
    899052: again,
    899053: shield(({ gid }) => ({ remove: [gid] })),
  },
}

export const friendRefusals: Refusals<'friends'> = {
  'friends.add': { 899002: nobody, 899003: withBody(['tommy']), 899070: again },
  'friends.remove': { 899002: nobody, 899003: noBody },
  'friends.update': {
    899002: nobody,
    899003: withBody([{ username: 'caiyi' }]),
    899071: withBody([{ username: 'lucas', others: 'x' }]),
  },
  'friends.list': { 899002: nobody, 899003: oddName },
}
