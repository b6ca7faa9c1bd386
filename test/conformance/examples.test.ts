import { beforeAll, describe, expect, test } from 'vitest'
import { examples } from './examples.ts'
import { all } from './request.ts'
import { samples } from './samples/index.ts'
import { ABROAD, foundTown, type Town } from './town.ts'

/** The people of the examples; some names are too short to be registered. */
const people = [
  'javen ppppp liming 135380113231 username1 username2 test1 test2 test3 test4 name3 name4 user01 user02',
  'USER1 USER2 eddie annie',
].flatMap(line => line.split(' '))
const admins = ['fang', 'admin_caiyh', 'oooo']
const renamed: Readonly<Record<string, string>> = { tom: 'tommy' }
const appKeys = ['4f7aef34fb361292c566a1cd', 'appkey', 'appkey1']

/** A value with its strings and numbers put into other ones. */
function mapped(value: unknown, map: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(item => mapped(item, map))
  if (typeof value !== 'object' || value === null) return map(value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, map)]))
}

const newcomers = (names: readonly string[]) => names.map(username => ({ username, password: 'secret' }))
const tommy = { username: 'tommy' }
const appkey = ABROAD.appKey

beforeAll(async () => {
  const town = await foundTown()
  await town.abroad('users.register', { body: newcomers(people) })
})

interface Place extends Town {
  /** A group and another one that `tommy` is in, for the two ids in examples. */
  readonly gids: readonly [number, number]
}

/** What has to be so before an example can succeed, besides that its people are there. */
const before: Readonly<Record<string, (at: Place) => Promise<unknown>>> = {
  'chatrooms.members.remove': at => toRoom(at, ['username1', 'username2']),
  'chatrooms.update': at => toRoom(at, ['135380113231']),
  'cross.chatroom.members.update': at =>
    at.must('cross.chatroom.members.update', {
      params: { roomId: at.roomId },
      body: [{ appkey, add: ['name3', 'name4'] }],
    }),
  'cross.groups.members.update': at => toGroupAbroad(at, ['name3', 'name4']),
  'cross.users.blacklist.remove': at =>
    at.must('cross.users.blacklist.add', {
      params: tommy,
      body: [{ appkey, usernames: ['test1', 'test2'] }],
    }),
  'cross.users.friends.update': at =>
    at.must('cross.users.friends.add', { params: tommy, body: { appkey, users: ['user01'] } }),
  'cross.users.nodisturb': at =>
    at.must('cross.users.nodisturb', { params: tommy, body: [{ appkey, group: { add: [at.gids[1]] } }] }),
  'friends.update': at => at.must('friends.add', { params: tommy, body: ['user01'] }),
  'groups.members.remove': at => toGroup(at, ['test1', 'test2']),
  'groups.members.update': at => toGroup(at, ['test3', 'test4']),
  'groups.owner.update': at => toGroup(at, ['test1']),
  'groups.owner.update.cross': at => toGroupAbroad(at, ['test1']),
  'groups.silence': at => toGroup(at, ['username1', 'username2']),
  'users.blacklist.remove': at => at.must('users.blacklist.add', { params: tommy, body: ['test1', 'test2'] }),
  'users.groupsShield': at => at.must('users.groupsShield', { params: tommy, body: { add: [at.gids[1]] } }),
  'users.nodisturb': at =>
    at.must('users.nodisturb', { params: tommy, body: { group: { add: [at.gids[1]] }, global: 1 } }),
}

const toRoom = ({ must, roomId }: Place, body: string[]) =>
  must('chatrooms.members.add', { params: { roomId }, body })
const toGroup = ({ must, gid }: Place, body: string[]) =>
  must('groups.members.add', { params: { gid }, body })
const toGroupAbroad = ({ must, gid }: Place, add: string[]) =>
  must('cross.groups.members.update', { params: { gid }, body: [{ appkey, add }] })

describe('takes the example', () => {
  test.each(examples('request').map(example => [example.name, example] as const))(
    '%s',
    async (name, { id, json }) => {
      const town = await foundTown()
      const { params, query } = await samples[id](town)
      const isCross = name.startsWith('cross.') || name.endsWith('.cross')
      const named = people.filter(person => JSON.stringify(json).includes(person))
      if (named.length > 0 && !isCross) await town.must('users.register', { body: newcomers(named) })
      if (id === 'messages.send') await town.must('admins.register', { body: newcomers(admins) })
      const gids = isCross
        ? ([await town.groupAbroad('tommy'), await town.groupAbroad('tommy')] as const)
        : ([await town.group('tommy'), await town.group('tommy')] as const)
      await before[name]?.({ ...town, gids })
      const ids = new Map<unknown, unknown>([
        [110000101, gids[0]],
        [1000001111, gids[1]],
        [10000001, town.roomId],
        [10000002, await town.room('tommy')],
      ])
      const body = mapped(json, leaf => {
        if (appKeys.includes(leaf as string)) return isCross ? appkey : town.appKey
        return ids.get(leaf) ?? renamed[leaf as string] ?? leaf
      })
      const answer = await town.call(id, { params, query, body })
      expect([answer.status, answer.status < 300 ? '' : answer.body]).toEqual([all[id].status, ''])
    },
  )

  test('of every endpoint that has a body', () => {
    const shown = new Set(examples('request').map(({ id }) => id))
    const missing = Object.values(all).filter(
      ({ id, body }) => typeof body === 'object' && !shown.has(id as never),
    )
    expect(missing.map(({ id }) => id)).toEqual([])
  })
})
