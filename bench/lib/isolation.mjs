// Asks a quiet plugin at a fixed rate while a neighbour of it is stuck in an endless loop, and compares with before.
import { start } from './child.mjs'
import { median } from './contest.mjs'

const PER_SECOND = 100
/** As long as a thread may be stuck before it is killed. */
const WINDOW_MS = 5000
/** The stuck one has to be back by then. */
const PATIENCE_MS = 60_000

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const now = () => performance.timeOrigin + performance.now()

const post = (port, path, body) =>
  fetch(`http://127.0.0.1:${port}/hooks/bench/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then(answer => answer.arrayBuffer())

/** How long events of the quiet plugin take, sent at the times they are due, whatever became of those before. */
async function latencies(child, ms) {
  await child.stats()
  const begun = now()
  const sent = []
  for (let n = 0; n < (ms / 1000) * PER_SECOND; n++) {
    const at = begun + (n * 1000) / PER_SECOND
    if (at > now()) await sleep(at - now())
    sent.push(post(child.port, 'bench/event', { at }))
  }
  await Promise.all(sent)
  const times = []
  while (times.length < sent.length) {
    times.push(...(await child.stats()).times)
    await sleep(50)
  }
  times.sort((a, b) => a - b)
  const quantile = part => times[Math.min(times.length - 1, Math.floor(times.length * part))]
  return { p50: quantile(0.5), p99: quantile(0.99) }
}

/** A row for each round. */
export async function isolationContest({ module, rounds, env }) {
  const child = await start(module, { env })
  const rows = []
  await latencies(child, WINDOW_MS)
  for (let round = 0; round < rounds; round++) {
    const before = await latencies(child, WINDOW_MS)
    const stuckAt = now()
    await post(child.port, 'stuck/spin', {})
    const during = await latencies(child, WINDOW_MS)
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
