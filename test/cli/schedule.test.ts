import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { silentLog } from '../../src/base/log.ts'
import * as schedule from '../../src/cli/schedule.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder } from '../e2e/places.ts'
import { printed } from './events-house.ts'

const CHIMES = `
import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'chimes',
  setup(ctx) {
    ctx.cron('0 9 * * *', { name: 'morning' }, ({ bot }) => bot.group(10000001).text('Nine o’clock'))
    ctx.cron('* * * * * *', { name: 'tick' }, ({ bot }) => bot.room(20000001).text('tick'))
    ctx.cron('0 0 29 2 *', { name: 'leap-day' }, () => {})
  },
})
`

/** A Beadle whose bot has schedules. */
async function belfry() {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
    }),
    'plugins/chimes/index.ts': CHIMES,
    'bots/ringer.yaml': { username: 'ringer-bot', timezone: 'Asia/Shanghai', plugins: { chimes: null } },
  })
  const path = join(here, 'config.yaml')
  const start = async () => {
    const beadle = await startBeadle(await loadConfig(path, { env: {} }), silentLog)
    onTestFinished(() => beadle.close(0))
    return beadle
  }
  const beadle = await start()
  const jmessage = new JMessage(beadle.serverUrl!)
  return { path, beadle, start, options: { config: path, wait: '10s' }, jmessage }
}

test('schedules are listed by when they fire, and what comes within a time', async () => {
  const { options } = await belfry()
  const { out, code } = await printed(() => schedule.list(options))
  expect(code).toBe(0)
  expect(out).toMatch(/^SCHEDULE +NEXT +EXPRESSION +ZONE\nringer\/chimes\/tick +\d{4}-/)
  expect(out).toMatch(/ringer\/chimes\/morning +\d{4}-\d\d-\d\d \d\d:\d\d:00 +0 9 \* \* \* +Asia\/Shanghai\n/)
  expect(out).toMatch(
    /\nringer\/chimes\/leap-day +\d{4}-\d\d-\d\d \d\d:00:00 +0 0 29 2 \* +Asia\/Shanghai\n$/,
  )
  const none = await printed(() => schedule.list({ ...options, bot: 'nobody' }))
  expect(none.out).toBe('There are no schedules.\n')
  const coming = await printed(() => schedule.list({ ...options, within: '24h', json: true }))
  const times = JSON.parse(coming.out) as { at: number; id: string }[]
  expect(times.length).toBe(1000)
  expect(times.every(({ at }, index) => index === 0 || at >= times[index - 1]!.at)).toBe(true)
  await expect(schedule.list({ ...options, within: 'soon' })).rejects.toThrow('--within soon: must be')
})

test('a schedule is fired by hand, beside its times', async () => {
  const { options, jmessage } = await belfry()
  const { out, code } = await printed(() => schedule.move('fire', 'morning', options))
  expect([out, code]).toEqual([
    expect.stringMatching(/^ringer\/chimes\/morning: fired, as event \w{26}\n$/),
    0,
  ])
  await vi.waitFor(
    async () => expect(await jmessage.texts({ group: 10000001 })).toEqual(['Nine o’clock']),
    10_000,
  )
})

test('a paused schedule fires no more, also after a restart, until it is resumed', async () => {
  const { options, jmessage, beadle, start } = await belfry()
  const ticks = async () => (await jmessage.texts({ room: 20000001 })).length
  await vi.waitFor(async () => expect(await ticks()).toBeGreaterThan(0), 10_000)
  expect((await printed(() => schedule.move('pause', 'chimes/tick', options))).out).toBe(
    'ringer/chimes/tick: paused\n',
  )
  const again = await printed(() => schedule.move('pause', 'tick', options))
  expect(again).toEqual({ out: 'ringer/chimes/tick: no: it is paused already\n', code: 1 })
  await new Promise(resolve => setTimeout(resolve, 1200))
  const before = await ticks()
  await new Promise(resolve => setTimeout(resolve, 2200))
  expect(await ticks()).toBe(before)
  expect((await printed(() => schedule.list(options))).out).toMatch(/tick +paused since \d{4}-/)
  // The messages of its server go with it: the count begins anew.
  await beadle.close(0)
  const { serverUrl } = await start()
  const restarted = new JMessage(serverUrl!)
  const after = async () => (await restarted.texts({ room: 20000001 })).length
  await new Promise(resolve => setTimeout(resolve, 2200))
  expect(await after()).toBe(before)
  expect((await printed(() => schedule.move('resume', 'tick', options))).out).toMatch(
    /^ringer\/chimes\/tick: on again, next \d{4}-/,
  )
  await vi.waitFor(async () => expect(await after()).toBeGreaterThan(before), 10_000)
})

test('a schedule that is not there is refused, with the one that was meant', async () => {
  const { options } = await belfry()
  await expect(schedule.move('fire', 'mornings', options)).rejects.toMatchObject({
    message: 'there is no schedule mornings',
    hint: 'Did you mean morning?',
  })
})
