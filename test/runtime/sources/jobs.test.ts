import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { idMaker } from '../../../src/base/ids.ts'
import type { Delivery, JobData } from '../../../src/runtime/events/event.ts'
import { Journal } from '../../../src/runtime/events/journal.ts'
import { Jobs } from '../../../src/runtime/sources/jobs.ts'
import type { Store } from '../../../src/store/index.ts'
import type { RuntimeTables } from '../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { captured } from '../capture.ts'

const MINUTE = 60_000

async function world(clock = new QuietClock(), store?: Store<RuntimeTables>) {
  const base = store ?? (await runtimeStore())
  const log = captured()
  const fired: string[] = []
  const makeId = idMaker(() => clock.now())
  const startedAt = clock.now()
  const journal = new Journal({
    store: base,
    makeId,
    now: () => clock.now(),
    onAccepted: deliveries => {
      for (const { event } of deliveries as readonly Delivery[]) {
        const { name, data } = event.data as JobData
        fired.push(`${name} ${JSON.stringify(data)} ${(clock.now() - startedAt) / 1000}`)
      }
    },
  })
  const jobs = new Jobs({ store: base, journal, clock, log, makeId })
  const add = (name: string, inMs: number, more: { key?: string; data?: unknown; once?: string } = {}) =>
    jobs.schedule({
      ...{ bot: 'bot', plugin: 'plugin', name, key: makeId(), dueAt: clock.now() + inMs, data: null },
      ...more,
    })
  return { clock, store: base, jobs, fired, log, add }
}

test('jobs come about when they are due, each once, with their data', async () => {
  const w = await world()
  await w.jobs.start()
  await w.add('later', 2 * MINUTE, { data: { n: 1 } })
  await w.add('sooner', MINUTE, { data: [2] })
  await w.add('at once', -5)
  await w.clock.advance(10 * MINUTE)
  expect(w.fired).toEqual(['at once null 0', 'sooner [2] 60', 'later {"n":1} 120'])
})

test('what fell due while the process was down comes about after the start, once', async () => {
  const w = await world()
  await w.jobs.start()
  for (let n = 0; n < 450; n++) void w.add(`job ${n}`, MINUTE + n)
  await w.clock.advance(1000)
  await w.jobs.stop()
  await w.clock.advance(60 * MINUTE)
  expect(w.fired).toEqual([])
  const next = await world(w.clock, w.store)
  await next.jobs.start()
  await next.clock.advance(0)
  expect(next.fired).toEqual(Array.from({ length: 450 }, (_, n) => `job ${n} null 0`))
  const last = await world(w.clock, w.store)
  await last.jobs.start()
  await last.clock.advance(60 * MINUTE)
  expect(last.fired).toEqual([])
})

test('a job takes the place of the one with its key', async () => {
  const w = await world()
  await w.jobs.start()
  await w.add('lift', MINUTE, { key: 'alice', data: 'old' })
  await w.add('lift', 5 * MINUTE, { key: 'alice', data: 'new' })
  await w.add('lift', 2 * MINUTE, { key: 'bobby', data: 'other' })
  await w.clock.advance(60 * MINUTE)
  expect(w.fired).toEqual(['lift "other" 120', 'lift "new" 300'])
})

test('a job that is taken back does not come about', async () => {
  const w = await world()
  await w.jobs.start()
  const name = { bot: 'bot', plugin: 'plugin', name: 'lift', key: 'alice' }
  await w.add('lift', MINUTE, { key: 'alice' })
  expect(await w.jobs.waits(name)).toBe(true)
  await w.jobs.cancel(name)
  expect(await w.jobs.waits(name)).toBe(false)
  await w.clock.advance(60 * MINUTE)
  expect(w.fired).toEqual([])
})

test('a job that is taken back or replaced in the moment it falls due does not come about after all', async () => {
  for (const act of ['cancel', 'replace'] as const) {
    const w = await world()
    await w.jobs.start()
    await w.add('lift', MINUTE, { key: 'alice', data: 'old' })
    const { write } = w.store
    const name = { bot: 'bot', plugin: 'plugin', name: 'lift', key: 'alice' }
    let raced = false
    w.store.write = work => {
      if (!raced) {
        raced = true
        void (act === 'cancel' ? w.jobs.cancel(name) : w.add('lift', MINUTE, { key: 'alice', data: 'new' }))
      }
      return write(work)
    }
    await w.clock.advance(10 * MINUTE)
    expect(w.fired).toEqual(act === 'cancel' ? [] : ['lift "new" 120'])
  }
})

test('a job that a handler asks for again does not come about again', async () => {
  const w = await world()
  await w.jobs.start()
  const once = { once: 'event/bot/plugin/job#0', key: 'event/bot/plugin/job#0' }
  await w.add('expire', MINUTE, once)
  await w.add('expire', MINUTE, once)
  await w.clock.advance(5 * MINUTE)
  await w.add('expire', MINUTE, once)
  await w.clock.advance(5 * MINUTE)
  expect(w.fired.length).toBe(1)
})

test('a clock that was set, or a machine that slept, is noticed within a minute', async () => {
  let shift = 0
  const inner = new QuietClock()
  const w = await world(
    Object.assign(Object.create(inner), {
      now: () => inner.now() + shift,
      after: (ms: number, run: () => void) => inner.after(ms, run),
      advance: (ms: number) => inner.advance(ms),
    }),
  )
  await w.jobs.start()
  await w.add('noon', 6 * 60 * MINUTE)
  await inner.advance(1000)
  shift = 7 * 60 * MINUTE
  await inner.advance(MINUTE)
  expect(w.fired.length).toBe(1)
  await w.add('evening', 60 * MINUTE)
  shift = 0
  await inner.advance(60 * MINUTE)
  expect(w.fired.length).toBe(1)
  await inner.advance(8 * 60 * MINUTE)
  expect(w.fired.length).toBe(2)
})

test('an error of the store is told, and the job comes about a little later', async () => {
  const w = await world()
  await w.jobs.start()
  await w.add('stubborn', MINUTE)
  const { write } = w.store
  w.store.write = () => Promise.reject(new Error('disk full'))
  await w.clock.advance(MINUTE + 2500)
  w.store.write = write
  await w.clock.advance(2000)
  expect(w.fired.length).toBe(1)
  expect(new Set(w.log.lines.map(({ message }) => message))).toEqual(
    new Set(['due jobs could not be taken up; trying again']),
  )
})

test('jobs beyond what a timer can hold come about in time', async () => {
  const w = await world()
  await w.jobs.start()
  await w.add('far', 40 * 24 * 60 * MINUTE)
  await w.jobs.stop()
  await w.clock.advance(40 * 24 * 60 * MINUTE - 1000)
  const next = await world(w.clock, w.store)
  await next.jobs.start()
  expect(next.fired).toEqual([])
  await next.clock.advance(1000)
  expect(next.fired).toEqual(['far null 1'])
})

test('a handler that runs again does not take the place of a newer job, nor put off its own', async () => {
  const w = await world()
  await w.jobs.start()
  const older = { key: 'alice', once: '01A/bot/plugin/job#0' }
  await w.add('lift', MINUTE, { ...older, data: 'older' })
  await w.add('lift', 9 * MINUTE, { ...older, data: 'again' })
  await w.clock.advance(1000)
  await w.add('lift', 5 * MINUTE, { key: 'bobby', once: '01A/bot/plugin/job#1', data: 'older' })
  await w.add('lift', 3 * MINUTE, { key: 'bobby', once: '01B/bot/plugin/job#0', data: 'newer' })
  await w.add('lift', 2 * MINUTE, { key: 'bobby', once: '01A/bot/plugin/job#1', data: 'older' })
  await w.clock.advance(60 * MINUTE)
  expect(w.fired).toEqual(['lift "older" 60', 'lift "newer" 181'])
})

test.each([
  [Number.NaN, 'cannot be at NaN'],
  [undefined, 'cannot be at undefined'],
  [new Date(), 'a job cannot be at'],
  [1_770_000_000, 'over ten years away'],
  [Date.UTC(2126, 0, 1), 'over ten years away'],
])('a job at %s is refused with what is right', async (dueAt, message) => {
  const w = await world()
  const job = { bot: 'bot', plugin: 'plugin', name: 'x', key: 'x', data: null }
  await expect(w.jobs.schedule({ ...job, dueAt: dueAt as number })).rejects.toMatchObject({
    ...{ code: 'job.time', message: expect.stringContaining(message) },
    hint: expect.stringContaining('milliseconds'),
  })
})

test('a job with a key that no index holds is refused, and one as long as can be is kept', async () => {
  const w = await world()
  const job = { bot: 'bot', plugin: 'plugin', name: 'greet', dueAt: w.clock.now() + MINUTE, data: null }
  // Of what does not get shorter by being packed.
  const key = randomBytes(500).toString('hex')
  await expect(w.jobs.schedule({ ...job, key: `${key}x` })).rejects.toMatchObject({ code: 'job.key' })
  await w.jobs.schedule({ ...job, key })
  expect(await w.jobs.waits({ ...job, key })).toBe(true)
  await w.jobs.start()
  await w.clock.advance(MINUTE)
  expect(w.fired.length).toBe(1)
})

test('a job whose data JSON cannot hold is refused by its name', async () => {
  const w = await world()
  const job = { bot: 'bot', plugin: 'plugin', name: 'greet', key: 'x', dueAt: w.clock.now() }
  const circle: { self?: object } = {}
  circle.self = circle
  for (const data of [1n, circle])
    await expect(w.jobs.schedule({ ...job, data })).rejects.toMatchObject({
      ...{ code: 'job.data', message: expect.stringContaining("'greet'") },
    })
})

test('very many jobs that are due at once come about a page after the other, in order, with turns for others', async () => {
  const w = await world()
  const count = 3000
  for (let n = 0; n < count; n++) void w.add('job', MINUTE, { data: n })
  await w.clock.advance(2 * MINUTE)
  let turns = 0
  let running = true
  const turn = () => {
    turns++
    if (running) setImmediate(turn)
  }
  turn()
  await w.jobs.start()
  running = false
  expect(w.fired.map(line => Number(line.split(' ')[1]))).toEqual(Array.from({ length: count }, (_, n) => n))
  expect(turns).toBeGreaterThan(count / 200)
})
