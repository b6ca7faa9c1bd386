import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Client } from '../../src/client/index.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import type { DeliveryState, OutboxState } from '../../src/store/schema/runtime.ts'
import { capturedLog } from '../../src/testing/captured-log.ts'
import { engine } from '../engine.ts'
import { A_RUN, DAY, PruningWorld } from './pruning-world.ts'

const HOUR = DAY / 24
/** The pause between two runs. */
const BETWEEN = 10 * 60_000

test('handled events go when they are old, with the calls they caused', async () => {
  const w = await PruningWorld.open()
  const old = await w.event(31 * DAY, 'done', 'dropped')
  for (const state of ['sent', 'cancelled', 'dropped'] as const) await w.call(31 * DAY, state, old)
  const young = await w.event(29 * DAY, 'done')
  const call = await w.call(29 * DAY, 'sent', young)
  await w.start()
  expect([await w.events(), await w.calls()]).toEqual([[young], [call]])
  expect(w.log.filter(({ level }) => level !== 'debug')).toEqual([
    { level: 'info', message: 'cleared away what is over', fields: { events: 2, calls: 3, broadcasts: 0 } },
  ])
})

test('an event stays as a whole while one of its deliveries waits or was set aside, and so do its calls', async () => {
  const w = await PruningWorld.open()
  const waits = await w.event(40 * DAY, 'done', 'pending')
  const failed = await w.event(40 * DAY, 'done', 'dead')
  const kept = [await w.call(40 * DAY, 'sent', waits), await w.call(40 * DAY, 'sent', failed)]
  await w.start()
  expect([await w.events(), await w.calls()]).toEqual([[waits, failed].sort(), kept.sort()])
  expect(await w.count('deliveries')).toBe(4)
})

test('an event stays while a call that it caused waits or failed', async () => {
  const w = await PruningWorld.open()
  const states: OutboxState[] = ['queued', 'sending', 'doubtful', 'failed', 'unsure']
  const events: string[] = []
  for (const state of states) {
    const event = await w.event(40 * DAY, 'done')
    events.push(event)
    await w.call(40 * DAY, state, event)
    await w.call(40 * DAY, 'sent', event)
  }
  await w.start()
  expect(await w.events()).toEqual(events.sort())
  expect((await w.calls()).length).toBe(10)
})

test('beyond their number the oldest events go, but none of the last hour', async () => {
  const w = await PruningWorld.open({ events: 1000 })
  const old: string[] = []
  for (let n = 0; n < 300; n++) old.push(await w.event(3 * HOUR - n, 'done', 'done'))
  for (let n = 0; n < 800; n++) await w.event(2 * HOUR - n, 'done')
  await w.start()
  expect((await w.events()).slice(0, 201)).toEqual([...old.slice(100), expect.anything()])
  expect((await w.events()).length).toBe(1000)
  for (let n = 0; n < 1200; n++) await w.event(n, 'done')
  await w.clock.advance(BETWEEN)
  expect((await w.events()).length).toBe(1200)
})

test('calls that come of no event go when they are old and ended', async () => {
  const w = await PruningWorld.open()
  const gone = ['sent', 'cancelled', 'dropped', 'shadow'] as const
  for (const state of gone) await w.call(31 * DAY, state)
  const kept: string[] = []
  for (const state of ['queued', 'sending', 'doubtful', 'failed', 'unsure'] as const)
    kept.push(await w.call(31 * DAY, state))
  for (const state of gone) kept.push(await w.call(29 * DAY, state))
  await w.start()
  expect(await w.calls()).toEqual(kept.sort())
})

test('what failed is kept ten times as long, and that it goes is a warning', async () => {
  const w = await PruningWorld.open()
  await w.event(301 * DAY, 'dead', 'done')
  await w.call(301 * DAY, 'failed', await w.event(301 * DAY, 'done'))
  await w.call(301 * DAY, 'unsure')
  const kept = [await w.event(299 * DAY, 'dead'), await w.event(400 * DAY, 'pending', 'dead')]
  await w.start()
  expect(await w.events()).toEqual(kept.sort())
  expect(await w.calls()).toEqual([])
  expect(w.log).toEqual([
    {
      level: 'warn',
      message: 'cleared away what had failed long ago, and nobody had seen to',
      fields: { rows: 5 },
    },
  ])
})

test('of what failed, no more is kept than of events', async () => {
  const w = await PruningWorld.open({ events: 100 })
  const dead: string[] = []
  for (let n = 0; n < 150; n++) dead.push(await w.event(5 * HOUR - n, 'dead'))
  await w.start()
  expect(await w.events()).toEqual(dead.slice(50))
})

test('broadcasts that ended go with their targets, others stay', async () => {
  const w = await PruningWorld.open()
  for (const state of ['done', 'cancelled', 'undone'] as const) await w.broadcast(31 * DAY, state, 1200)
  for (const state of ['running', 'paused', 'undoing'] as const) await w.broadcast(31 * DAY, state, 10)
  await w.broadcast(29 * DAY, 'done', 5)
  await w.broadcast(31 * DAY, 'done', 5, await w.event(40 * DAY, 'pending'))
  await w.start()
  expect([await w.count('broadcasts'), await w.count('broadcast_targets')]).toEqual([5, 40])
})

test('orders go once they were done long ago', async () => {
  const w = await PruningWorld.open()
  await w.order(40 * DAY, 31 * DAY)
  await w.order(40 * DAY, 29 * DAY)
  await w.order(40 * DAY, null)
  await w.start()
  expect(await w.count('orders')).toBe(2)
})

test('it runs again every ten minutes, and says nothing where nothing was to be done', async () => {
  const w = await PruningWorld.open()
  await w.event(30 * DAY - BETWEEN, 'done')
  await w.start()
  expect(await w.count('deliveries')).toBe(1)
  expect(w.log).toEqual([])
  await w.clock.advance(2 * BETWEEN)
  expect(await w.count('deliveries')).toBe(0)
})

test('it ends between two commits when it is stopped', async () => {
  const w = await PruningWorld.open()
  for (let n = 0; n < 400; n++) await w.event(31 * DAY + n, 'done')
  void w.start().catch(() => {})
  await w.stop()
  const left = await w.count('deliveries')
  expect(left).toBeGreaterThan(0)
  await w.clock.advance(2 * BETWEEN)
  expect(await w.count('deliveries')).toBe(left)
})

test('a database that fails is tried again at the next run', async () => {
  const w = await PruningWorld.open()
  await w.event(31 * DAY, 'done')
  const says = (text: string) => ({ compile: () => sql.raw<object>(text).compile(w.store.db) })
  const isPostgres = engine === 'postgres'
  const session = 'set session characteristics as transaction read'
  await w.store.write(tx => tx.execute(says(isPostgres ? `${session} only` : 'pragma query_only = 1')))
  await w.start()
  expect(w.log).toMatchObject([{ level: 'warn', fields: { err: { code: 'store.readonly' } } }])
  if (isPostgres) await w.store.write(tx => tx.execute(says(`${session} write`)))
  else await w.store.read.execute(says('pragma query_only = 0'))
  await w.clock.advance(BETWEEN)
  expect(await w.count('deliveries')).toBe(0)
})

test('a runtime that is told how much to keep clears the rest away, until it is stopped', async () => {
  const w = await PruningWorld.open()
  const { store, clock, log } = w
  const runtime = new Runtime({
    ...{ store, clock, log: capturedLog(log), bots: [], baseDir: '.' },
    apps: [{ name: 'main', appKey: 'a'.repeat(24), masterSecret: 's'.repeat(24), client: {} as Client }],
    keep: { ageMs: DAY, events: 1000 },
  })
  await w.event(2 * DAY, 'done')
  await runtime.start()
  await clock.advance(A_RUN)
  expect(await w.count('deliveries')).toBe(0)
  await runtime.stop(0)
  await w.event(2 * DAY, 'done')
  await clock.advance(2 * BETWEEN)
  expect(await w.count('deliveries')).toBe(1)
})

test('property: nothing that waits, failed or is young is ever deleted, and all else is', async () => {
  const event = fc.record({
    ageDays: fc.constantFrom(0, 1, 29, 31, 100),
    states: fc.array(fc.constantFrom<DeliveryState>('pending', 'done', 'dead', 'dropped'), {
      minLength: 1,
      maxLength: 3,
    }),
    calls: fc.array(fc.constantFrom<OutboxState>('queued', 'sent', 'failed', 'cancelled'), { maxLength: 2 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), async events => {
      const w = await PruningWorld.open()
      const kept: string[] = []
      for (const { ageDays, states, calls } of events) {
        const id = await w.event(ageDays * DAY, ...states)
        for (const state of calls) await w.call(ageDays * DAY, state, id)
        const isOver =
          states.every(state => state === 'done' || state === 'dropped') &&
          calls.every(state => state === 'sent' || state === 'cancelled')
        if (!isOver || ageDays < 30) kept.push(id)
      }
      await w.start()
      expect(await w.events()).toEqual(kept.sort())
      await w.close()
    }),
    { numRuns: 40 },
  )
})
