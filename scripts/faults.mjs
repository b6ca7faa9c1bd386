// `npm run faults [-- points|random|points-with-faults|random-with-faults|simulation|fleet …]`: the whole of what CI runs a
// part of. ENGINE=postgres tries it on PostgreSQL. Seeds and figures are printed. KILLS=…, EVERY=…, RUNS=…, SEED=… and POINT=… say how much, and repeat a run.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'

const parts = {
  points: 'test/faults/points.test.ts',
  'points-with-faults': 'test/faults/points-with-faults.test.ts',
  random: 'test/faults/kill.test.ts',
  'random-with-faults': 'test/faults/kill-with-faults.test.ts',
  simulation: 'test/simulation',
  fleet: 'test/faults/fleet.test.ts',
}
const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)
  process.exit(1)
}
const seed = process.env.SEED ?? String(randomInt(1, 1_000_000))
const amounts = { KILLS: '500', EVERY: '1', RUNS: '3000', SECONDS: '120', SEED: seed }
const onPostgres = process.env.ENGINE === 'postgres'
// What a fleet is tried on is PostgreSQL anyway.
const projectOf = name => ['--project', onPostgres && name !== 'fleet' ? 'postgres' : 'apart']
let failed = 0
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  console.log(`\n== ${name}, seed ${seed}`)
  const vitest = spawn(
    'npx',
    ['vitest', 'run', parts[name], ...projectOf(name), '--disable-console-intercept'],
    {
      stdio: 'inherit',
      env: {
        ...amounts,
        ...process.env,
        ...(onPostgres && name !== 'simulation' ? { FAULTS: 'postgres' } : {}),
      },
    },
  )
  if ((await new Promise(resolve => vitest.once('exit', resolve))) !== 0) failed++
}
console.log(failed === 0 ? '\nAll promises held.' : `\n${failed} parts failed.`)
process.exitCode = failed === 0 ? 0 : 1
