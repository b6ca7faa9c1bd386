import fc from 'fast-check'
import { expect, test } from 'vitest'
import { engine } from '../../engine.ts'
import { type JobsWorld, jobsWorld } from './jobs-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

const every = (key: string, ms: number) => ({ key, inMs: ms, every: { ms } })

test('a job comes about again and again until it is cancelled', async () => {
  const w = await jobsWorld()
  await w.schedule(every('tick', MINUTE))
  await w.clock.advance(3 * MINUTE)
  expect(w.fired).toEqual(['tick@60/60', 'tick@120/120', 'tick@180/180'])
  await w.cancel('tick')
  await w.clock.advance(10 * MINUTE)
  expect(w.fired).toHaveLength(3)
})

test('what was missed while the process was down comes about once, and then in step', async () => {
  const w = await jobsWorld()
  await w.schedule(every('tick', MINUTE))
  await w.clock.advance(MINUTE)
  await w.restart(10.5 * MINUTE)
  await w.clock.advance(2 * MINUTE)
  expect(w.fired).toEqual(['tick@60/60', 'tick@120/690', 'tick@720/720', 'tick@780/780'])
})

test('a time is passed over while the last run has not ended, also over a restart', async () => {
  const w = await jobsWorld()
  await w.schedule(every('tick', MINUTE))
  w.hold()
  await w.clock.advance(3 * MINUTE)
  await w.restart(MINUTE)
  // Asked for again, as a plugin does in its setup; or otherwise.
  await w.schedule(every('tick', MINUTE))
  await w.clock.advance(MINUTE)
  await w.schedule(every('tick', 30 * SECOND))
  await w.clock.advance(MINUTE)
  expect(w.fired).toEqual(['tick@60/60'])
  await w.release()
  await w.clock.advance(MINUTE)
  expect(w.fired.slice(1)).toEqual(['tick@390/390', 'tick@420/420'])
})

test('asked for again it stays in step, with its new data; at another pace it begins anew', async () => {
  const w = await jobsWorld()
  await w.schedule({ ...every('tick', MINUTE), data: 'old' })
  await w.clock.advance(45 * SECOND)
  await w.schedule({ ...every('tick', MINUTE), data: 'new' })
  expect(await w.list()).toEqual([{ key: 'tick', dueAt: expect.any(Number), every: '1m', data: 'new' }])
  await w.clock.advance(15 * SECOND)
  expect(w.fired).toEqual(['tick@60/60'])
  await w.schedule(every('tick', 10 * SECOND))
  await w.clock.advance(20 * SECOND)
  expect(w.fired.slice(1)).toEqual(['tick@70/70', 'tick@80/80'])
  // And once, in place of again and again.
  await w.schedule({ key: 'tick', inMs: 30 * SECOND })
  await w.clock.advance(MINUTE)
  expect(w.fired.slice(3)).toEqual(['tick@110/110'])
  expect(await w.list()).toEqual([])
})

test('a cron expression goes by its time zone', async () => {
  const w = await jobsWorld()
  const rhythm = { cron: '*/30 * * * * *', zone: 'Asia/Shanghai' }
  await w.schedule({ key: 'half', inMs: 30 * SECOND - (w.clock.now() % (30 * SECOND)), every: rhythm })
  await w.clock.advance(MINUTE)
  expect(w.fired).toHaveLength(2)
  expect((await w.list())[0]!.every).toBe('*/30 * * * * *')
})

test('a handler that runs again and asks for it again does not set it back', async () => {
  const w = await jobsWorld()
  const job = { ...every('tick', MINUTE), once: '00000000000000000000000000/bot/plugin/job:n:tick#000000' }
  await w.schedule(job)
  await w.clock.advance(90 * SECOND)
  await w.schedule({ ...job, data: 'again' })
  await w.clock.advance(30 * SECOND)
  expect(w.fired).toEqual(['tick@60/60', 'tick@120/120'])
})

test('one that is cancelled or changed in the moment it falls due does not come about as it was', async () => {
  for (const act of ['cancel', 'change'] as const) {
    const w = await jobsWorld()
    await w.schedule(every('tick', MINUTE))
    const { write } = w.store
    let raced = false
    w.store.write = work => {
      if (!raced) {
        raced = true
        void (act === 'cancel' ? w.cancel('tick') : w.schedule(every('tick', 7 * SECOND)))
      }
      return write(work)
    }
    await w.clock.advance(MINUTE + 7 * SECOND)
    expect(w.fired).toEqual(act === 'cancel' ? [] : ['tick@67/67'])
    w.store.write = write
  }
})

/** What should happen: as jobs, in s, and without a database. */
class Model {
  readonly #jobs = new Map<string, { due: number; every?: number; data: number; last?: number }>()
  readonly #running = new Set<string>()
  readonly fired: string[] = []
  holds = false

  ask(key: string, now: number, inS: number, every: number | undefined, data: number) {
    const former = this.#jobs.get(key)
    if (every === undefined) {
      this.#jobs.set(key, { due: now + inS, data })
      return
    }
    const due = former?.every === every ? former.due : now + inS
    const last = former?.every === undefined ? undefined : former.last
    this.#jobs.set(key, { due, every, data, ...(last === undefined ? {} : { last }) })
  }

  cancel(key: string) {
    this.#jobs.delete(key)
  }

  release() {
    this.holds = false
    this.#running.clear()
  }

  /** What is due at a moment, looked at then. */
  look(now: number) {
    for (const [key, job] of [...this.#jobs]) {
      if (job.due > now) continue
      const { due, every, last } = job
      const isOver = last === undefined || !this.#running.has(`${key}@${last}`)
      if (isOver) {
        this.fired.push(`${key}@${due}/${now}`)
        if (this.holds) this.#running.add(`${key}@${due}`)
      }
      if (every === undefined) this.#jobs.delete(key)
      else {
        job.due = due + every * (Math.floor((now - due) / every) + 1)
        if (isOver) job.last = due
      }
    }
  }

  get waiting() {
    return [...this.#jobs]
      .map(([key, { due, data }]) => ({ key, due, data }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  }
}

const key = fc.constantFrom('a', 'b')
const wait = fc.record({ do: fc.constant('wait' as const), s: fc.integer({ min: 1, max: 40 }) })
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      key,
      inS: fc.integer({ min: 1, max: 20 }),
      repeats: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), key }) },
  { weight: 4, arbitrary: wait },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), s: fc.integer({ min: 0, max: 200 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
)

async function follow(
  w: JobsWorld,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
) {
  const model = new Model()
  for (const [n, one] of steps.entries()) {
    if (one.do === 'ask') {
      const { key, inS, repeats } = one
      const inMs = inS * SECOND
      await w.schedule({ key, inMs, data: n, ...(repeats ? { every: { ms: inMs } } : {}) })
      model.ask(key, w.now(), inS, repeats ? inS : undefined, n)
    } else if (one.do === 'cancel') {
      await w.cancel(one.key)
      model.cancel(one.key)
    } else if (one.do === 'wait') {
      for (let s = 0; s < one.s; s++) {
        await w.clock.advance(SECOND)
        model.look(w.now())
      }
    } else if (one.do === 'restart') {
      await w.restart(one.s * SECOND)
      model.look(w.now())
    } else if (one.do === 'hold') {
      w.hold()
      model.holds = true
    } else {
      await w.release()
      model.release()
    }
  }
  return model
}

test('jobs do what a simple model of them does, whatever is asked for, over restarts', {
  timeout: 240_000,
}, async () => {
  const runs = engine === 'postgres' ? 10 : 60
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async steps => {
      const w = await jobsWorld()
      const startS = w.now()
      const model = await follow(w, steps)
      expect([...w.fired].sort()).toEqual([...model.fired].sort())
      const waiting = (await w.list()).map(({ key, dueAt, data }) => ({ key, due: dueAt, data }))
      const startedAt = w.clock.now() - (w.now() - startS) * SECOND
      expect(waiting).toEqual(model.waiting.map(one => ({ ...one, due: startedAt + one.due * SECOND })))
      await w.jobs.stop()
    }),
    { numRuns: runs },
  )
})
