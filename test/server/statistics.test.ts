import { expect, test } from 'vitest'
import { OTHER, ok, refusal, type World, world } from './world.ts'

const HOUR = 3_600_000
const get = (w: World, what: string, time_unit: string, start: string, duration: number | string) =>
  w.call(
    'GET',
    `/v2/statistic/${what}?${new URLSearchParams({ time_unit, start, duration: String(duration) })}`,
  )

/** A little life: the first of January from 08:00 on, and the third at 01:00 (UTC+8). */
async function town() {
  const w = await world()
  await w.users('alice', 'bob1')
  await w.admin('admin1')
  const gid = await w.group('alice', 'bob1')
  const other = await w.group('bob1')
  const room = await w.room('alice')
  const image = {
    msg_type: 'image',
    msg_body: { media_id: 'm', media_crc32: 1, width: 1, height: 1, format: 'png', fsize: 1 },
  }
  const voice = { msg_type: 'voice', msg_body: { media_id: 'm', media_crc32: 1, duration: 1, fsize: 1 } }
  ok(await w.send('admin1', 'single', 'alice'), 201)
  ok(await w.send('admin1', 'single', 'alice', image), 201)
  ok(await w.say('alice', 'group', gid, voice), 201)
  ok(await w.say('alice', 'chatroom', room), 201)
  await w.clock.advance(HOUR)
  ok(await w.send('admin1', 'group', gid, { msg_type: 'custom', msg_body: {} }), 201)
  const mistake = ok(await w.send('admin1', 'group', other), 201)
  ok(await w.call('POST', `/v1/messages/admin1/${mistake.body.msg_id}/retract`), 204)
  await w.clock.advance(40 * HOUR)
  await w.users('carol')
  await w.group('carol')
  ok(await w.say('carol', 'single', 'bob1'), 201)
  ok(await w.say('bob1', 'group', other), 201)
  return w
}

test('users by day: all that exist, the new, the sending', async () => {
  const w = await town()
  expect((await get(w, 'users', 'DAY', '2025-12-31', 5)).body).toEqual([
    { active_users: 0, total_users: 0, send_msg_users: 0, new_users: 0, date: '2025-12-31' },
    { active_users: 2, total_users: 3, send_msg_users: 2, new_users: 3, date: '2026-01-01' },
    { active_users: 0, total_users: 3, send_msg_users: 0, new_users: 0, date: '2026-01-02' },
    { active_users: 2, total_users: 4, send_msg_users: 2, new_users: 1, date: '2026-01-03' },
    { active_users: 0, total_users: 0, send_msg_users: 0, new_users: 0, date: '2026-01-04' },
  ])
})

test('groups by day: all that exist, the new, those with a message', async () => {
  const w = await town()
  expect((await get(w, 'groups', 'DAY', '2026-01-01', 3)).body).toEqual([
    { date: '2026-01-01', active_group: 1, total_group: 2, new_group: 2 },
    { date: '2026-01-02', active_group: 0, total_group: 2, new_group: 0 },
    { date: '2026-01-03', active_group: 1, total_group: 3, new_group: 1 },
  ])
})

test('messages by hour, day and month, and by type, without rooms and what was retracted', async () => {
  const w = await town()
  const types = (txt_msg: number, image_msg: number, voice_msg: number, other_msg: number) => ({
    ...{ txt_msg, image_msg, voice_msg, other_msg },
  })
  const stat = (time: string, group_send_msg: number, single_send_msg: number) => ({
    ...{ time, group_send_msg, single_send_msg },
  })
  expect((await get(w, 'messages', 'HOUR', '2026-01-01 07', 3)).body).toEqual({
    send_msg_stat: [stat('2026-01-01 07', 0, 0), stat('2026-01-01 08', 1, 2), stat('2026-01-01 09', 1, 0)],
    group_msg_stat: types(0, 0, 1, 1),
    single_msg_stat: types(1, 1, 0, 0),
  })
  expect((await get(w, 'messages', 'DAY', '2026-01-01', 2)).body).toEqual({
    send_msg_stat: [stat('2026-01-01', 2, 2), stat('2026-01-02', 0, 0)],
    group_msg_stat: types(0, 0, 1, 1),
    single_msg_stat: types(1, 1, 0, 0),
  })
  expect((await get(w, 'messages', 'MONTH', '2025-12', 2)).body).toEqual({
    send_msg_stat: [stat('2025-12', 0, 0), stat('2026-01', 3, 3)],
    group_msg_stat: types(1, 0, 1, 1),
    single_msg_stat: types(2, 1, 0, 0),
  })
})

test('an app sees its own numbers only', async () => {
  const w = await town()
  const query = 'time_unit=DAY&start=2026-01-01&duration=1'
  expect((await w.callAs(OTHER, 'GET', `/v2/statistic/users?${query}`)).body).toEqual([
    { active_users: 0, total_users: 0, send_msg_users: 0, new_users: 0, date: '2026-01-01' },
  ])
  expect((await w.callAs(OTHER, 'GET', `/v2//statistic/messages?${query}`)).body).toMatchObject({
    send_msg_stat: [{ group_send_msg: 0, single_send_msg: 0 }],
  })
})

test.each([
  ['users', 'DAY', '2026-01-01', 60],
  ['users', 'DAY', '2028-02-29', 1],
  ['users', 'DAY', '2026-01-01', 0],
  ['groups', 'DAY', '2026-01-01', 60],
  ['messages', 'DAY', '9999-12-31', 60],
  ['messages', 'HOUR', '2026-01-01 00', 24],
  ['messages', 'HOUR', '2026-01-01 23', 1],
  ['messages', 'MONTH', '2026-01', 2],
  ['messages', 'MONTH', '0001-12', 2],
])('%s by %s from %s has exactly %i of them', async (what, unit, start, duration) => {
  const w = await world()
  const { status, body } = await get(w, what, unit, start, duration)
  expect(status).toBe(200)
  expect(what === 'messages' ? body.send_msg_stat : body).toHaveLength(duration)
})

test.each<[string, string, string, number | string, string]>([
  ['users', 'DAY', '2026-01-01', 61, 'a day too many'],
  ['users', 'DAY', '2026-02-30', 1, 'no such day'],
  ['users', 'DAY', '2026-1-1', 1, 'digits left out'],
  ['users', 'DAY', '2026-01-01 00', 1, 'an hour'],
  ['users', 'DAY', '', 1, 'no start'],
  ['users', 'DAY', '2026-01-01', -1, 'fewer than none'],
  ['users', 'DAY', '2026-01-01', 'x', 'no number'],
  ['users', 'HOUR', '2026-01-01 00', 1, 'hours of users'],
  ['groups', 'MONTH', '2026-01', 1, 'months of groups'],
  ['messages', 'WEEK', '2026-01-01', 1, 'an unknown unit'],
  ['messages', 'HOUR', '2026-01-01 01', 24, 'over the end of the day'],
  ['messages', 'HOUR', '2026-01-01 24', 1, 'no such hour'],
  ['messages', 'HOUR', '2026-01-01', 1, 'a day for an hour'],
  ['messages', 'MONTH', '2026-13', 1, 'no such month'],
  ['messages', 'MONTH', '2026-01', 3, 'a month too many'],
  ['messages', 'MONTH', '2026-01-01', 1, 'a day for a month'],
])('%s by %s from %j, %j of them, is refused: %s', async (what, unit, start, duration) => {
  const w = await world()
  expect(refusal(await get(w, what, unit, start, duration))).toEqual([400, 899003])
})
