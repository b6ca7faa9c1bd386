import { expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import { AppError } from '../../../src/base/errors.ts'
import { Restarts } from '../../../src/runtime/plugin/worker/restarts.ts'
import { Thread } from '../../../src/runtime/plugin/worker/thread.ts'
import type { World } from '../../../src/testing/index.ts'
import { threaded, until, worldOf } from './worker-world.ts'

const square = { group: 'square' } as const
const SECOND_MS = 1000

test('a thread that does not come to the end of its setup is killed after a minute, and its plugin is named', async () => {
  const { file } = await threaded(`
    setInterval(() => ctx.log.info({}, 'still at it'), 10)
    return new Promise(() => {})
  `)
  const clock = new ManualClock()
  const ends: AppError[] = []
  let signs = 0
  const thread = new Thread({
    data: {
      ...{
        file: file!,
        settings: {},
        name: 'plugin',
        manners: { prefix: '/', timezone: 'UTC', language: 'en', roles: {} },
        baseDir: '.',
      },
      bot: { id: 'bot', username: 'test-bot' },
      time: 'machine',
      now: clock.now(),
    },
    onMessage: () => signs++,
    onEnd: error => ends.push(error),
    clock,
  })
  onTestFinished(() => thread.kill())
  // All the while it is alive.
  const sign = () => {
    const before = signs
    return until(() => signs > before)
  }
  await sign()
  for (let second = 1; second < 60; second++) {
    await clock.advance(SECOND_MS)
    if (second % 10 === 0) await sign()
  }
  expect(ends).toEqual([])
  await clock.advance(SECOND_MS)
  expect(ends.map(({ code, message }) => [code, message])).toEqual([
    [
      'plugin.slow-setup',
      'the thread of plugin plugin of bot bot did not set the plugin up within 60000 ms, and was killed',
    ],
  ])
})

/** What health knows of the plugin. */
const shown = (w: World) => ({
  errors: w.runtime.dispatcher.health('bot', 'plugin').lastErrors,
  trouble: w.runtime.host.instance('bot', 'plugin')!.trouble,
})

test('each end of a thread is noted with its plugin, and shown until it has worked for a minute', async () => {
  const plugin = await threaded(`
    ctx.command('die', () => { setTimeout(() => { throw new Error('in a timer') }, 500) })
    ctx.command('exit', () => process.exit(3))
    return ctx.state.update('begun', (n = 0) => n + 1).then(n => {
      if (n === 2) throw new AppError('not this time', { code: 'test.setup' })
    })
  `)
  await using w = await worldOf([plugin])
  expect(shown(w)).toEqual({ errors: [], trouble: undefined })
  await w.say({ from: 'alice', ...square, text: '/die' })
  await until(() => shown(w).errors.length > 0)
  expect(shown(w)).toMatchObject({
    errors: [{ event: undefined, message: expect.stringContaining('crashed: in a timer'), times: 1 }],
    trouble: expect.stringMatching(/^its thread ended once and is being started again; last: .*in a timer$/),
  })
  await until(async () => {
    await w.clock.advance(50)
    return w.log.some(({ message }) => message.includes('is back'))
  })
  expect(shown(w).errors.map(({ message }) => message)).toEqual([
    expect.stringContaining('in a timer'),
    'not this time',
  ])
  expect(shown(w).trouble).toBe('its thread ended 2 times in a row and is back; last: not this time')
  await w.clock.advance(60 * SECOND_MS)
  expect(shown(w).trouble).toBeUndefined()

  // A handler at fault has it noted once, with its event.
  await w.say({ from: 'alice', ...square, text: '/exit' })
  await until(() => shown(w).errors.length > 2)
  expect(shown(w).errors.at(-1)).toMatchObject({
    event: expect.any(String),
    message: expect.stringContaining('code 3'),
    times: 1,
  })
  expect(shown(w).trouble).toContain('its thread ended once')
})

test('pauses grow while a thread keeps ending, and are short again once it worked for a minute', async () => {
  const clock = new ManualClock()
  const restarts = new Restarts(clock)
  restarts.up()
  const error = new AppError('no', { code: 'test.no' })
  const most: number[] = []
  for (let n = 0; n < 12; n++) most.push(restarts.ended(error))
  expect(restarts.failures).toBe(12)
  expect(Math.max(...most.slice(0, 3))).toBeLessThanOrEqual(400)
  expect(Math.max(...most)).toBeLessThanOrEqual(60_000)
  restarts.up()
  await clock.advance(60 * SECOND_MS)
  restarts.ended(error)
  expect(restarts.failures).toBe(1)
})
