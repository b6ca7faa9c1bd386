import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomOf } from '../../src/base/random.ts'
import { clean, killAgainAndAgain, settle } from './harness.ts'
import { buildTown } from './town.ts'

/** SEED=… and KILLS=… in the environment repeat a run, as far as that is possible, and make it longer. */
const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const kills = Number(process.env.KILLS ?? 3)
/** So many of all calls fail. */
const FAULTS = 0.2
/** A kill, with the start after it, takes about so long, at most. */
const KILL_MS = 6000

test('Beadle killed again and again, while a fifth of all calls fail, loses nothing and says nothing twice', {
  timeout: 180_000 + kills * KILL_MS,
}, async () => {
  const town = await buildTown({ seed: seed + 1, faults: FAULTS })
  town.load.start()
  const program = await killAgainAndAgain(town, kills, randomOf(seed))
  const { figures, ...verdict } = await settle(town, program)
  console.log(`seed ${seed}, ${kills} kills, ${100 * FAULTS} % faults: ${figures}`)
  expect(verdict).toEqual(clean)
  expect(town.load.accepted.size).toBeGreaterThan(kills)
  expect((await program.stop()).code).toBe(0)
})
