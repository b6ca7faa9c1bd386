import { expect, test } from 'vitest'
import type { Patient } from '../../src/app/doctor/finding.ts'
import { placesOf } from '../../src/app/doctor/places.ts'
import { schedules } from '../../src/app/doctor/schedules.ts'
import { ManualClock } from '../../src/base/clock.ts'
import { load } from './config/files.ts'

test('a schedule that never fires is told of', async () => {
  const config = await load({})
  const never = { plugin: 'p', name: 'never', expression: '0 0 29 2 *', timezone: 'UTC', next: [] }
  const bot = { id: 'herald', webhooks: [], commands: [], schedules: [never] }
  const plan = { bots: [bot], problems: [] }
  const patient = { plan, config, bots: [], clock: new ManualClock() } as unknown as Patient
  expect(await schedules.look(patient)).toMatchObject([
    { state: 'warning', text: 'herald/p/never never fires: 0 0 29 2 * (UTC)' },
    { state: 'ok' },
  ])
})

test('groups and rooms are found wherever a file names them', async () => {
  const { bots, folder } = await load(
    {
      'bots/herald.yaml': `username: herald-bot
listen: { groups: [1, '2'], rooms: none }
plugins:
  a: { hooks: { x: { to: { groups: [3], users: [alice] } } }, rooms: all }
  b: { enabled: false, groups: [4] }
  c: { list: [{ rooms: [5, '\${ROOM}'] }] }
`,
    },
    { ROOM: 'lobby' },
  )
  const file = `${folder}/bots/herald.yaml`
  expect(bots.flatMap(placesOf)).toEqual([
    { kind: 'group', id: 1, where: `listen.groups[0] in ${file}` },
    { kind: 'group', id: 2, where: `listen.groups[1] in ${file}` },
    { kind: 'group', id: 3, where: `plugins.a.hooks.x.to.groups[0] in ${file}` },
    { kind: 'room', id: 5, where: `plugins.c.list[0].rooms[0] in ${file}` },
  ])
})
