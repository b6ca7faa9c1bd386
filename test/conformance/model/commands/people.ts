import * as fc from 'fast-check'
import { befriend, note, part } from '../friends.ts'
import { block, quiet, shield, unblock } from '../lists.ts'
import { appKeyOf } from '../state.ts'
import * as users from '../users.ts'
import { anyName, anyOf, anyPlace, at, command, names, one, pathName } from './command.ts'

const text = fc.constantFrom('', 'x', '名字', 'Zoë 🙂')
const profile = fc.record(
  {
    nickname: text,
    signature: text,
    region: text,
    gender: fc.constantFrom(0, 1, 2),
    extras: fc.constantFrom<object>({}, { level: 3 }),
  },
  { requiredKeys: [] },
)
const newcomer = fc
  .tuple(profile, pathName, fc.oneof({ weight: 12, arbitrary: fc.constant('secret') }, fc.constant('abc')))
  .map(([known, username, password]) => ({ ...known, username, password }))

/** Lists of people: of the calling app, or of apps that are named. */
const many = fc.array(fc.record({ of: anyOf, names: names() }), { minLength: 1, maxLength: 2 })
const crossBody = (named: readonly { of: number; names: string[] }[]) =>
  named.map(({ of, names }) => ({ appkey: appKeyOf(of), usernames: names }))

const lists = <T>(item: fc.Arbitrary<T>) =>
  fc.record({
    add: fc.array(item, { maxLength: 2 }),
    remove: fc.oneof({ weight: 2, arbitrary: fc.constant<T[]>([]) }, fc.array(item, { maxLength: 2 })),
  })
const quieting = fc.record({ people: lists(anyName), groups: lists(anyPlace) })
const global = fc.option(fc.constantFrom(0, 1), { nil: undefined })

const register = command('register', fc.array(newcomer, { minLength: 1, maxLength: 3 }), (args, app) => ({
  method: 'POST',
  path: '/v1/users/',
  body: args,
  expect: model => users.register(model, app, args),
}))

export const accounts = [
  register,
  register,
  command('registerAdmins', fc.array(newcomer, { minLength: 1, maxLength: 2 }), (args, app) => ({
    method: 'POST',
    path: '/v1/admins/',
    body: args.length === 1 ? args[0] : args,
    expect: model => users.registerAdmins(model, app, args),
  })),
  command('update', fc.record({ name: pathName, profile }), ({ name, profile }, app) => ({
    method: 'PUT',
    path: `/v1/users/${one(name)}`,
    body: profile,
    expect: model => users.update(model, app, name, profile),
  })),
  command(
    'setPassword',
    fc.record({ name: pathName, new_password: fc.constantFrom('secret', 'abc') }),
    ({ name, new_password }, app) => ({
      method: 'PUT',
      path: `/v1/users/${one(name)}/password`,
      body: { new_password },
      expect: model => users.setPassword(model, app, name, new_password),
    }),
  ),
  command('disable', fc.record({ name: pathName, disable: fc.boolean() }), ({ name, disable }, app) => ({
    method: 'PUT',
    path: `/v1/users/${one(name)}/forbidden?disable=${disable}`,
    expect: model => users.disable(model, app, name, disable),
  })),
]

export const removals = [
  command('delete', pathName, (name, app) => ({
    method: 'DELETE',
    path: `/v1/users/${one(name)}`,
    expect: model => {
      users.checkPath(name)
      return users.remove(model, app, [name])
    },
  })),
  command('deleteBatch', names(), (args, app) => ({
    method: 'DELETE',
    path: '/v1/users/',
    body: args,
    expect: model => users.remove(model, app, args),
  })),
]

export const relations = [
  command('block', fc.record({ name: pathName, names: names() }), ({ name, names }, app) => ({
    method: 'PUT',
    path: `/v1/users/${one(name)}/blacklist`,
    body: names,
    expect: model => block(model, app, name, [{ of: app, names }]),
  })),
  command('unblock', fc.record({ name: pathName, names: names() }), ({ name, names }, app) => ({
    method: 'DELETE',
    path: `/v1/users/${one(name)}/blacklist`,
    body: names,
    expect: model => unblock(model, app, name, [{ of: app, names }]),
  })),
  command('blockAcross', fc.record({ name: pathName, named: many }), ({ name, named }, app) => ({
    method: 'PUT',
    path: `/v1/cross/users/${one(name)}/blacklist`,
    body: crossBody(named),
    expect: model => block(model, app, name, named),
  })),
  command('unblockAcross', fc.record({ name: pathName, named: many }), ({ name, named }, app) => ({
    method: 'DELETE',
    path: `/v1/cross/users/${one(name)}/blacklist`,
    body: crossBody(named),
    expect: model => unblock(model, app, name, named),
  })),
  command('befriend', fc.record({ name: pathName, names: names() }), ({ name, names }, app) => ({
    method: 'POST',
    path: `/v1/users/${one(name)}/friends`,
    body: names,
    expect: model => befriend(model, app, name, { of: app, names }),
  })),
  command('part', fc.record({ name: pathName, names: names() }), ({ name, names }, app) => ({
    method: 'DELETE',
    path: `/v1/users/${one(name)}/friends`,
    body: names,
    expect: model => part(model, app, name, { of: app, names }),
  })),
  command(
    'befriendAcross',
    fc.record({ name: pathName, of: anyOf, names: names() }),
    ({ name, ...named }, app) => ({
      method: 'POST',
      path: `/v1/cross/users/${one(name)}/friends`,
      body: { appkey: appKeyOf(named.of), users: named.names },
      expect: model => befriend(model, app, name, named),
    }),
  ),
  command(
    'partAcross',
    fc.record({ name: pathName, of: anyOf, names: names() }),
    ({ name, ...named }, app) => ({
      method: 'DELETE',
      path: `/v1/cross/users/${one(name)}/friends`,
      body: { appkey: appKeyOf(named.of), users: named.names },
      expect: model => part(model, app, name, named),
    }),
  ),
  ...(['note', 'noteAcross'] as const).map(kind =>
    command(
      kind,
      fc.record({
        name: pathName,
        notes: fc.array(
          fc.record(
            { of: anyOf, username: anyName, note_name: text, others: text },
            { requiredKeys: ['of', 'username'] },
          ),
          { minLength: 1, maxLength: 2 },
        ),
      }),
      ({ name, notes }, app) => {
        const isAcross = kind === 'noteAcross'
        return {
          method: 'PUT',
          path: `/v1/${isAcross ? 'cross/' : ''}users/${one(name)}/friends`,
          body: notes.map(({ of, ...rest }) => ({ ...rest, ...(isAcross ? { appkey: appKeyOf(of) } : {}) })),
          expect: model =>
            note(
              model,
              app,
              name,
              notes.map(item => (isAcross ? item : { ...item, of: app })),
            ),
        }
      },
    ),
  ),
]

export const settings = [
  command(
    'quiet',
    fc.record({ name: pathName, item: quieting, global }),
    ({ name, item: { people, groups }, global }, app, { gids }) => {
      const found = {
        add: groups.add.map(place => at(gids, place)),
        remove: groups.remove.map(place => at(gids, place)),
      }
      return {
        method: 'POST',
        path: `/v1/users/${one(name)}/nodisturb`,
        body: { single: people, group: found, global },
        expect: model => quiet(model, app, name, { items: [{ of: app, people, groups: found }], global }),
      }
    },
  ),
  command(
    'quietAcross',
    fc.record({
      name: pathName,
      items: fc.array(fc.tuple(anyOf, quieting), { minLength: 1, maxLength: 2 }),
    }),
    ({ name, items }, app, { gids }) => {
      const found = items.map(([of, { people, groups }]) => ({
        of,
        people,
        groups: {
          add: groups.add.map(place => at(gids, place)),
          remove: groups.remove.map(place => at(gids, place)),
        },
      }))
      return {
        method: 'POST',
        path: `/v1/cross/users/${one(name)}/nodisturb`,
        body: found.map(({ of, people, groups }) => ({
          appkey: appKeyOf(of),
          single: people,
          group: groups,
        })),
        expect: model => quiet(model, app, name, { items: found }),
      }
    },
  ),
  command(
    'shield',
    fc.record({ name: pathName, places: lists(anyPlace) }),
    ({ name, places }, app, { gids }) => {
      const body = {
        add: places.add.map(place => at(gids, place)),
        remove: places.remove.map(place => at(gids, place)),
      }
      return {
        method: 'POST',
        path: `/v1/users/${one(name)}/groupsShield`,
        body,
        expect: model => shield(model, app, name, body),
      }
    },
  ),
]
