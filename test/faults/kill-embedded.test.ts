import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomOf } from '../../src/base/random.ts'
import { clean, killAgainAndAgain, settle } from './harness.ts'
import { buildTown } from './town.ts'

const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const KILLS = 3

test('Beadle killed with its own server in it answers every message once', { timeout: 180_000 }, async () => {
  const town = await buildTown({ seed: seed + 1, embedded: true })
  town.load.start()
  const program = await killAgainAndAgain(town, KILLS, randomOf(seed))
  const { figures, ...verdict } = await settle(town, program)
  console.log(`seed ${seed}, ${KILLS} kills, with its own server: ${figures}`)
  expect(verdict).toEqual(clean)
  expect((await program.stop()).code).toBe(0)
})
