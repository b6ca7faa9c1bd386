import { randomInt } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { engine } from '../engine.ts'
import { anyRequest, calm } from './fuzz/any-request.ts'
import { Prober, shown } from './fuzz/check.ts'
import { checkSanity } from './fuzz/sanity.ts'
import { APPS, subject } from './fuzz/subject.ts'

/** SEED=… in the environment repeats a run, RUNS=… says how many requests. */
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const requests = Number(process.env.RUNS ?? (engine === 'sqlite' ? 8000 : 2000))
/** Requests to one server; the next ones meet a new one, with the next seed. */
const ROUND = 1000

async function round(seed: number, numRuns: number): Promise<ReadonlyMap<number, number>> {
  const under = await subject()
  const prober = new Prober(under.server)
  try {
    const isSound = fc.asyncProperty(anyRequest(under), async sent => {
      const problem = await prober.probe(sent)
      await calm(under, sent.target)
      const wrong = [...(problem === undefined ? [] : [problem]), ...under.complaints.splice(0)]
      if (wrong.length > 0) throw new Error(`${fc.stringify(wrong)}\n${shown(sent)}`)
    })
    await fc.assert(isSound, { seed, numRuns })
    await checkSanity(under.server, APPS)
  } finally {
    await prober.close()
    await under.server.close()
  }
  expect(under.complaints).toEqual([])
  return prober.statuses
}

test('no request makes the server fail, hang or lose its mind', async () => {
  const statuses = new Map<number, number>()
  for (let done = 0; done < requests; done += ROUND) {
    const counted = await round(seed + done / ROUND, Math.min(ROUND, requests - done))
    for (const [status, count] of counted) statuses.set(status, (statuses.get(status) ?? 0) + count)
  }
  const figures = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
  console.log(`seed ${seed}, ${requests} requests; ${figures.join(', ')}`)
  // What is refused before anything is looked at would prove little.
  for (const status of [200, 201, 204, 403]) expect(statuses.get(status)).toBeGreaterThan(requests / 200)
}, 3_600_000)
