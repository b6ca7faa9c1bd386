// How much a dispatch costs in memory, by how many commands there are.
import { start } from './child.mjs'
import { median } from './contest.mjs'

/** A row for each contestant: what a message takes of the processor, and by that of the first in the same round. */
export async function commandsContest({ module, rounds }) {
  const child = await start(module, { core: 0 })
  const shots = []
  for (let round = 0; round < rounds; round++) {
    const { us } = await child.stats()
    shots.push(us)
    const figures = Object.values(us).map(one => one.toFixed(2))
    process.stderr.write(`  round ${round + 1}/${rounds}  us: ${figures.join(', ')}\n`)
  }
  await child.stop()
  const names = Object.keys(shots[0])
  return names.map(name => {
    const own = shots.map(us => us[name])
    const ratios = shots.map(us => us[name] / us[names[0]])
    return {
      name,
      us: median(own),
      worstUs: Math.max(...own),
      ratio: median(ratios),
      worstRatio: Math.max(...ratios),
    }
  })
}

/** The rows as a table in Markdown. */
export function commandsTable(title, rows) {
  const lines = rows.map(
    ({ name, us, worstUs, ratio, worstRatio }) =>
      `| ${name} | ${us.toFixed(2)} | ${worstUs.toFixed(2)} | ${ratio.toFixed(2)} | ${worstRatio.toFixed(2)} |`,
  )
  return `### ${title}\n\n| | CPU us each, median | worst round | of the first | worst round |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}
