import { randomInt } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { basic } from '../server/world.ts'
import { anyRequest, calm } from './fuzz/any-request.ts'
import { anyRaw, said, wrongWith } from './fuzz/raw.ts'
import { checkSanity } from './fuzz/sanity.ts'
import { APPS, subject } from './fuzz/subject.ts'

/** SEED=… in the environment repeats a run; of RUNS=… requests, one in 20 is sent here. */
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const runs = Math.ceil(Number(process.env.RUNS ?? 8000) / 20)

test('nothing that comes over a socket makes the server fail or hold it open', async () => {
  const under = await subject({ listen: { host: '127.0.0.1', port: 0 } })
  const { server, complaints } = under
  const port = Number(new URL(server.url).port)
  const games = new Map<string, number>()
  try {
    const isSound = fc.asyncProperty(anyRaw(anyRequest(under)), async ({ game, ...raw }) => {
      const text = await said(port, raw)
      await calm(under, raw.bytes.toString('latin1'))
      const wrong = [wrongWith(text), ...complaints.splice(0)].filter(one => one !== undefined)
      const shown = raw.bytes.toString('latin1').slice(0, 3000)
      if (wrong.length > 0) throw new Error(`${game}: ${fc.stringify(wrong)}\n${shown}`)
      if (text !== '') games.set(game, (games.get(game) ?? 0) + 1)
    })
    await fc.assert(isSound, { seed, numRuns: runs })
    const answer = await fetch(`${server.url}/v1/users`, { headers: { authorization: basic(APPS[0]!) } })
    expect(answer.status).toBe(200)
    await checkSanity(server, APPS)
  } finally {
    await server.close()
  }
  console.log(`seed ${seed}, ${runs} requests over sockets`)
  // Where nothing is ever answered, nothing is tested.
  for (const game of ['as it is', 'in chunks', 'in many chunks', 'with trailers', 'expecting'])
    expect([game, games.has(game)]).toEqual([game, true])
  expect(complaints).toEqual([])
}, 3_600_000)
