import { expect, test } from 'vitest'
import { Thread } from '../../../src/runtime/plugin/worker/thread.ts'
import { threaded, until, worldOf } from './worker-world.ts'

const UNDO_MS = 5000

test('an undoing in a thread that never ends is told of, and the others are done without it', async () => {
  const plugin = await threaded(`
    ctx.effect(() => () => ctx.log.info({}, 'undone'))
    ctx.effect(() => () => { ctx.log.info({}, 'undoing'); return new Promise(() => {}) })
  `)
  await using w = await worldOf([plugin])
  const unloaded = w.runtime.host.unload('bot', 'plugin')
  await until(() => w.log.some(({ message }) => message === 'undoing'))
  await w.clock.advance(UNDO_MS)
  await unloaded
  expect(w.log.slice(-2)).toMatchObject([
    { level: 'error', fields: { bot: 'bot', plugin: 'plugin', effect: 'effect', ms: UNDO_MS } },
    { level: 'info', message: 'undone' },
  ])
})

test('a thread that is stuck in an undoing is ended, and its plugin named', async () => {
  const plugin = await threaded(`
    ctx.effect(() => () => void process.getBuiltinModule('node:child_process').execSync('sleep 20'))
  `)
  await using w = await worldOf([plugin])
  const begin = performance.now()
  await w.runtime.host.unload('bot', 'plugin')
  expect(performance.now() - begin).toBeLessThan(15_000)
  expect(w.log.at(-1)).toMatchObject({
    ...{ level: 'error', message: expect.stringContaining('did not undo all') },
    fields: { bot: 'bot', plugin: 'plugin' },
  })
}, 60_000)

test('the end of a thread in the midst of a call of the system is not waited for', async () => {
  const { file } = await threaded(`
    ctx.log.info({}, 'asleep')
    process.getBuiltinModule('node:child_process').execSync('sleep 10')
  `)
  let isAsleep = false
  const thread = new Thread({
    data: {
      ...{
        file: file!,
        settings: {},
        name: 'plugin',
        manners: { prefix: '/', timezone: 'UTC', language: 'en', roles: {} },
        baseDir: '.',
      },
      ...{ bot: { id: 'bot', username: 'test-bot' }, time: 'machine', now: 0 },
    },
    onMessage: () => {
      isAsleep = true
    },
    onEnd: () => {},
  })
  await until(() => isAsleep)
  const begin = performance.now()
  await thread.kill()
  expect(performance.now() - begin).toBeLessThan(5000)
}, 60_000)
