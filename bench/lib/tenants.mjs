// Asks ten quiet apps at a steady rate, by themselves and while an eleventh of the same process makes all the noise it can.
import { start } from './child.mjs'
import { median } from './contest.mjs'
import { latencies, sleep } from './latencies.mjs'

/** Of all quiet ones together. */
const PER_SECOND = 200
const QUIET = 10
/** The noise has piled up something by then. */
const HEAD_START_MS = 10_000

const NOISES = [
  ['events, a call each, as fast as they are taken', '/hooks/noisy/teller/event'],
  ['events for a plugin that takes a second for each', '/hooks/noisy/slow/event'],
  ['calls, far more than its quota of 600 a minute', '/hooks/hoarder/teller/event'],
]

/** How long events of the quiet ones take, from when they are due to the end of the call; all have to be taken. */
const measured = (child, ms) =>
  latencies(child, { ms, perSecond: PER_SECOND, pathOf: n => `quiet-${n % QUIET}/teller/event` })

/** A row for each kind of noise, with its rounds. */
export async function tenantsContest({ here, rounds, ms, env }) {
  const rows = NOISES.map(([name]) => ({ name, rounds: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, [name, hook]] of NOISES.entries()) {
      const child = await start(here('contestants/tenants.mjs'), { core: 0, env })
      await measured(child, 2000)
      const before = await measured(child, ms)
      const noise = await start(here('contestants/tenants-noise.mjs'), {
        core: 1,
        env: { PORT: String(child.port), HOOK: hook },
      })
      await sleep(HEAD_START_MS)
      const during = await measured(child, ms)
      const { ok, refused } = await noise.stats()
      await noise.stop()
      await child.stop()
      rows[index].rounds.push({ before, during, ok, refused })
      process.stderr.write(
        `  round ${round + 1}/${rounds}  ${name}: p99 ${before.p99.toFixed(1)} -> ${during.p99.toFixed(1)} ms; of the noise ${ok} taken, ${refused} refused, ${during.waiting} wait; quiet refused: ${during.refused}\n`,
      )
    }
  }
  return rows
}

/** The rows as a table in Markdown. */
export function tenantsTable(title, rows) {
  const lines = rows.map(({ name, rounds }) => {
    const of = read => median(rounds.map(read))
    const [before, during] = ['before', 'during'].map(
      when => `${of(round => round[when].p50).toFixed(1)} / ${of(round => round[when].p99).toFixed(1)}`,
    )
    const ratio = part => of(round => round.during[part] / round.before[part]).toFixed(1)
    const refused = rounds.reduce((sum, round) => sum + round.before.refused + round.during.refused, 0)
    const noise = `${of(round => round.ok).toFixed(0)} / ${of(round => round.refused).toFixed(0)}`
    return `| ${name} | ${before} | ${during} | ${ratio('p50')} / ${ratio('p99')} | ${refused} | ${noise} |`
  })
  return `### ${title}\n\n| noise | quiet ones before, p50 / p99 ms | meanwhile | ratio | refused | noise taken / refused |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}
