// Several processes with one quota, on a PostgreSQL of their own: how many calls they make together.
import { createJiti } from 'jiti'
import { start } from './child.mjs'

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
/** By how much the clock of each process is wrong, ms. */
const AHEAD_MS = [2000, -2000, 0]

/** @param here  makes a path of a name */
export async function quotaContest({ here, limit, seconds, callers }) {
  const { startPostgres } = await createJiti(import.meta.url).import(here('../test/postgres/start.ts'))
  // As it is set up by whoever sets nothing.
  const postgres = await startPostgres([])
  const env = { LIMIT: String(limit), CALLERS: String(callers), DATABASE: postgres.url }
  const counter = await start(here('lib/counting.mjs'), { env })
  const nodes = []
  for (const ahead of AHEAD_MS) {
    const own = { STUB: `http://127.0.0.1:${counter.port}`, AHEAD_MS: String(ahead) }
    nodes.push(await start(here('contestants/quota-node.mjs'), { env: { ...env, ...own } }))
  }
  try {
    for (const node of nodes) node.tell('begin')
    for (let passed = 0; passed < seconds; passed += 20) {
      await sleep(Math.min(20, seconds - passed) * 1000)
      const { done, most, refused } = await counter.stats()
      process.stderr.write(`  ${done} calls, at most ${most} in a minute, ${refused} refused\n`)
    }
    const shares = []
    for (const node of nodes) shares.push(await node.stats())
    return { limit, seconds, shares, ...(await counter.stats()) }
  } finally {
    for (const child of [...nodes, counter]) await child.stop()
    await postgres.stop()
  }
}

/** The figures as a table in Markdown. */
export function quotaTable(runs) {
  const head =
    '| limit | most in any minute | in each minute from the first call on | refused (429) | by process | slices a minute | per 1000 calls | answered in, ms: p50, p99 |'
  const rows = runs.map(({ limit, seconds, most, minutes, refused, shares, done }) => {
    const asks = shares.reduce((all, share) => all + share.asks, 0)
    const whole = minutes.slice(0, Math.floor(seconds / 60))
    const used = whole.length > 0 ? whole.join(', ') : `${done} in ${seconds} s`
    const slowest = quantile => Math.max(...shares.map(share => share[quantile])).toFixed(1)
    return `| ${limit} | ${most} | ${used} | ${refused} | ${shares.map(share => share.done).join(', ')} | ${Math.round((asks * 60) / seconds)} | ${Math.round((asks * 1000) / done)} | ${slowest('p50')}, ${slowest('p99')} |`
  })
  return `### three processes, one quota\n\n${head}\n|${' --- |'.repeat(8)}\n${rows.join('\n')}\n`
}
