// Asks a quiet plugin at a fixed rate while a neighbour of it is stuck in an endless loop, and compares with before.
import { start } from './child.mjs'
import { median } from './contest.mjs'
import { latencies, now, post, sleep } from './latencies.mjs'

const PER_SECOND = 100
/** As long as a thread may be stuck before it is killed. */
const WINDOW_MS = 5000
/** The stuck one has to be back by then. */
const PATIENCE_MS = 60_000

/** How long events of the quiet plugin take. */
const measured = child =>
  latencies(child, { ms: WINDOW_MS, perSecond: PER_SECOND, pathOf: () => 'bench/bench/event' })

/** A row for each round. */
export async function isolationContest({ module, rounds, env }) {
  const child = await start(module, { env })
  const rows = []
  await measured(child)
  for (let round = 0; round < rounds; round++) {
    const before = await measured(child)
    const stuckAt = now()
    await post(child.port, 'bench/stuck/spin', {})
    const during = await measured(child)
    let backAt = 0
    while (backAt < stuckAt) {
      if (now() - stuckAt > PATIENCE_MS) throw new Error('the stuck plugin did not come back')
      await sleep(50)
      backAt = (await child.stats()).backAt
    }
    const row = { before, during, ratio: during.p99 / before.p99, backMs: backAt - stuckAt }
    rows.push(row)
    process.stderr.write(
      `  round ${round + 1}/${rounds}  p99 ${before.p99.toFixed(2)} -> ${during.p99.toFixed(2)} ms, back after ${(row.backMs / 1000).toFixed(1)} s\n`,
    )
  }
  await child.stop()
  return rows
}

/** The rows as a table in Markdown. */
export function isolationTable(title, rows) {
  const middle = of => median(rows.map(of))
  const ms = value => value.toFixed(2)
  const worst = Math.max(...rows.map(({ ratio }) => ratio))
  const back = middle(({ backMs }) => backMs / 1000).toFixed(1)
  return `### ${title}\n\n| | p50, ms | p99, ms |\n|---|---|---|\n| before | ${ms(middle(({ before }) => before.p50))} | ${ms(middle(({ before }) => before.p99))} |\n| while its neighbour is stuck | ${ms(middle(({ during }) => during.p50))} | ${ms(middle(({ during }) => during.p99))} |\n\np99 during by before: median ${ms(middle(({ ratio }) => ratio))}, worst ${ms(worst)}; the stuck plugin answered after ${back} s (median).\n`
}
