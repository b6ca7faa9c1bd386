// Lets schedulers take turns, each in a process of its own that ends before the next begins.
import { start } from './child.mjs'
import { median } from './contest.mjs'

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
/** What the contestants leave out at their beginning: some firings, until the code that they run is compiled. */
const WARM_UP_MS = 8000

/** Medians over the rounds, by contestant. */
export async function cronContest({ module, kinds, rounds, ms, env }) {
  const shots = Object.fromEntries(kinds.map(kind => [kind, []]))
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) {
      const child = await start(module, {
        core: 0,
        env: { ...env, KIND: kind, WARM_UP_MS: String(WARM_UP_MS) },
      })
      await sleep(WARM_UP_MS + ms)
      const shot = await child.stats()
      await child.stop()
      shots[kind].push(shot)
      process.stderr.write(
        `  round ${round + 1}/${rounds}  ${kind}: ${shot.createMs.toFixed(0)} ms, p99 ${shot.p99} ms\n`,
      )
    }
  }
  const middle = (kind, figure) => median(shots[kind].map(shot => shot[figure]))
  return kinds.map(kind => ({
    kind,
    createMs: middle(kind, 'createMs'),
    kbEach: middle(kind, 'kbEach'),
    fired: middle(kind, 'fired'),
    p50: middle(kind, 'p50'),
    p99: middle(kind, 'p99'),
    worstP99: Math.max(...shots[kind].map(({ p99 }) => p99)),
  }))
}

/** The rows as a table in Markdown. */
export function cronTable(title, rows) {
  const lines = rows.map(
    ({ kind, createMs, kbEach, fired, p50, p99, worstP99 }) =>
      `| ${kind} | ${createMs.toFixed(0)} | ${kbEach.toFixed(2)} | ${fired} | ${p50} | ${p99} | ${worstP99} |`,
  )
  return `### ${title}\n\n| | created, ms | KB each | fired | late p50, ms | p99, ms | worst p99, ms |\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}
