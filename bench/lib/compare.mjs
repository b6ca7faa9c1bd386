// Sends the same request to two contestants in turns, one at a time, and compares how long they take.
import { median } from './contest.mjs'
import { drive } from './drive.mjs'

/** Median times of a request at each contestant (ms), and the median over the rounds of the second by the first. */
export async function compare({ contestants, loads, rounds, ms }) {
  const rows = []
  for (const { name, ...load } of loads) {
    const times = contestants.map(() => [])
    for (let round = -1; round < rounds; round++) {
      for (const [index, { port }] of contestants.entries()) {
        const shot = await drive({ port, ms, connections: 1, ...(load.of?.[index] ?? load) })
        if (shot.failed > 0) throw new Error(`${name}: ${shot.failed} requests were refused`)
        // The first round warms up.
        if (round >= 0) times[index].push(median(shot.times))
      }
    }
    const ratios = times[1].map((time, round) => time / times[0][round])
    rows.push({ name, times: times.map(median), ratio: median(ratios), most: Math.max(...ratios) })
    process.stderr.write(`  ${name}: ${median(ratios).toFixed(2)}\n`)
  }
  return rows
}

/** The rows as a table in Markdown. */
export function comparison(title, [first, second], rows) {
  const lines = rows.map(
    ({ name, times, ratio, most }) =>
      `| ${name} | ${times.map(time => time.toFixed(2)).join(' | ')} | ${ratio.toFixed(2)} | ${most.toFixed(2)} |`,
  )
  return `### ${title}\n\n| | ${first}, ms | ${second}, ms | ratio, median | worst round |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}
