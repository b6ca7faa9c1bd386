import { expect, onTestFinished, test } from 'vitest'
import { askReload, reloadAnswers } from '../../src/runtime/reloads/ask.ts'
import { type ReloadAnswer, Reloads } from '../../src/runtime/reloads/reloads.ts'
import type { Store } from '../../src/store/index.ts'
import type { RuntimeTables } from '../../src/store/schema/runtime.ts'
import { runtimeStore } from '../engine.ts'
import { QuietClock } from '../quiet.ts'
import { captured } from './capture.ts'

const HOUR = 3_600_000

/** Time goes by the machine at first, as the database's does. */
const clock = () => new QuietClock(Date.now())

/** A process that counts how often it has read its files. */
function node(store: Store<RuntimeTables>, time: QuietClock, name: string, readMsAgo = 0) {
  let count = 0
  const reload = async (): Promise<ReloadAnswer> => {
    const hash = `${name} ${++count}`
    return { ok: true, hash, changes: [], restart: [], problems: [] }
  }
  const log = captured()
  const options = { store, clock: time, log, node: { id: name, name }, everyMs: 500, readMsAgo, reload }
  const reloads = new Reloads(options)
  onTestFinished(() => reloads.stop())
  return { reloads, log }
}

const answered = async (store: Store<RuntimeTables>, id: string) =>
  (await reloadAnswers(store, id)).map(({ answer }) => answer.hash)

test('each process answers each reload once, and those that were asked for meanwhile together', async () => {
  const [store, time] = [await runtimeStore(), clock()]
  const [one, two] = [node(store, time, 'one'), node(store, time, 'two')]
  const first = await askReload(store, time.now())
  await Promise.all([one.reloads.look(), two.reloads.look()])
  await one.reloads.look()
  expect(await answered(store, first)).toEqual(['one 1', 'two 1'])
  const more = [await askReload(store, time.now()), await askReload(store, time.now())]
  await one.reloads.look()
  expect(await answered(store, more[0]!)).toEqual(['one 2'])
  expect(await answered(store, more[1]!)).toEqual(['one 2'])
})

test('a process looks by itself, until it stops', async () => {
  const [store, time] = [await runtimeStore(), clock()]
  const { reloads } = node(store, time, 'one')
  reloads.start()
  await time.advance(1000)
  const first = await askReload(store, time.now())
  await time.advance(1000)
  await reloads.look()
  expect(await answered(store, first)).toEqual(['one 1'])
  reloads.stop()
  const second = await askReload(store, time.now())
  await time.advance(1000)
  expect(await answered(store, second)).toEqual([])
})

test('one that has just started answers what was asked for since it read its files, and nothing older', async () => {
  const [store, time] = [await runtimeStore(), clock()]
  const old = await askReload(store, time.now())
  await time.advance(10_000)
  const early = node(store, time, 'early')
  await time.advance(100_000)
  const late = node(store, time, 'late')
  const slow = node(store, time, 'slow', 100_000.5)
  for (const { reloads } of [early, late, slow]) await reloads.look()
  expect(await answered(store, old)).toEqual(['early 1', 'slow 1'])
})

test('what is over is cleared away after an hour', async () => {
  const [store, time] = [await runtimeStore(), clock()]
  const { reloads } = node(store, time, 'one')
  const old = await askReload(store, time.now())
  await reloads.look()
  expect(await answered(store, old)).toEqual(['one 1'])
  await time.advance(2 * HOUR)
  await askReload(store, time.now())
  await reloads.look()
  expect(await answered(store, old)).toEqual([])
})
