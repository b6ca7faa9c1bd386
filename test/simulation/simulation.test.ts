import * as fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { randomOf } from '../../src/base/random.ts'
import { engine } from '../engine.ts'
import { broken } from './promises.ts'
import { type Deed, deeds } from './steps.ts'
import { Town } from './town.ts'

/** RUNS=… in the environment makes it longer; SEED=… and PATH_=… repeat a run; NOSHRINK=1 stops at the first failure. */
const numRuns = Number(process.env.RUNS ?? 60)
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const path = process.env.PATH_
/** A run takes far less; shrinking takes many. */
const RUN_MS = 5000

afterEach(() => vi.restoreAllMocks())

/** What became of the promises, and what happened. */
async function simulate(what: readonly Deed[]) {
  // Pauses have a jitter.
  vi.spyOn(Math, 'random').mockImplementation(randomOf(1))
  await using town = await Town.open()
  await town.live(what)
  await town.rest()
  return {
    wrong: await broken(town),
    trace: town.trace,
    log: town.log.lines.map(line => JSON.stringify(line)),
  }
}

test(`what happens, whatever goes wrong meanwhile, is handled once and in order (seed ${seed})`, {
  timeout: 60_000 + numRuns * RUN_MS,
}, async () => {
  const kept = fc.asyncProperty(deeds, async what => {
    const { wrong, trace, log } = await simulate(what)
    if (wrong.length > 0) throw new Error([...wrong, '', ...trace, ...log].join('\n'))
  })
  const details = await fc.check(kept, {
    numRuns,
    seed,
    endOnFailure: process.env.NOSHRINK === '1',
    ...(path === undefined ? {} : { path }),
  })
  if (!details.failed) return
  const again = `SEED=${details.seed} PATH_=${details.counterexamplePath} npx vitest run test/simulation`
  const [what] = details.counterexample ?? [[]]
  const steps = what.map(deed => JSON.stringify(deed)).join('\n')
  throw new Error(`${again}\n${steps}\n${(details.errorInstance as Error).message}`)
})

// These two go by the order in which everything happens: PostgreSQL answers a read and a commit in any order.
const isOrdered = engine === 'sqlite'

test.runIf(isOrdered)(
  'a message that was taken back before its handler runs again after a crash is not said again',
  async () => {
    const { wrong, trace } = await simulate([
      { do: 'hook', kind: 'brief', conversation: 0, hasKey: false, times: 1, rests: false },
      { do: 'crash', points: 1, downMs: 15_000, rests: true },
    ])
    expect(wrong).toEqual([])
    expect(trace.filter(line => line.includes('/retract'))).toHaveLength(1)
  },
)

test.runIf(isOrdered)('the same steps come to the same, call by call', async () => {
  const [what] = fc.sample(deeds, { seed, numRuns: 1 })
  const [first, second] = [(await simulate(what!)).trace, (await simulate(what!)).trace]
  expect(second.join('\n')).toBe(first.join('\n'))
})
