import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomOf } from '../../src/base/random.ts'
import { killAgainAndAgain, numbersOf, settle } from './harness.ts'
import { buildTown } from './town.ts'

/** SEED=… in the environment repeats the moments of a run, as far as that is possible. */
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))

test.for([
  {
    title: 'Beadle killed again and again loses no event and says nothing twice',
    embedded: false,
    kills: 30,
  },
  { title: 'Beadle killed with its own server in it answers every message once', embedded: true, kills: 6 },
])('$title', { timeout: 190_000 }, async ({ embedded, kills }) => {
  const town = await buildTown({ seed: seed + 1, embedded })
  town.load.start()
  const program = await killAgainAndAgain(town, kills, randomOf(seed))
  const { figures, lost, twice, strange } = await settle(town, program)
  console.log(`seed ${seed}, ${kills} kills${embedded ? ', with its own server' : ''}: ${figures}`)
  expect({ lost, twice, strange }).toEqual({ lost: [], twice: [], strange: [] })
  expect(town.load.accepted.size).toBeGreaterThan(kills * 20)
  // One conversation: each is answered after the one before it.
  expect(await numbersOf(town, 'heard')).toEqual(await numbersOf(town, '/say'))
  expect((await program.stop()).code).toBe(0)
})
