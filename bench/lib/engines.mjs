// Events handled by one process on SQLite, by one node on PostgreSQL, and by two nodes on one PostgreSQL.
import { start, together } from './child.mjs'
import { contest, median } from './contest.mjs'
import { startPostgres } from './postgres.mjs'

const CHANNELS = 1000

/** Requests of so many users, in turns: what `user_1001` stands for. */
export function ofManyUsers() {
  let turn = 0
  return text => text.replaceAll('user_1001', `user_${1000 + (turn++ % CHANNELS)}`)
}

/** @param env  of all contestants, see contestants/beadle-webhook.mjs */
export async function enginesContest({ here, load, env, rounds, ms }) {
  const server = await startPostgres()
  const stub = await start(here('lib/stub.mjs'), {})
  const children = []
  const node = async database => {
    const own = { ...env, STUB: `http://127.0.0.1:${stub.port}`, ...(database ? { DATABASE: database } : {}) }
    const child = await start(here('contestants/beadle-webhook.mjs'), { env: own })
    children.push(child)
    return child
  }
  try {
    const [one, two] = [await server.database('one'), await server.database('two')]
    const single = await node()
    const alone = await node(one)
    const pair = together([await node(two), await node(two)])
    const before = await stub.stats()
    const rows = await contest(
      [
        { name: 'one process, SQLite (FULL)', child: single, load },
        { name: 'one node, PostgreSQL', child: alone, load, server },
        { name: 'two nodes, PostgreSQL', child: pair, load, server },
      ],
      { rounds, ms },
    )
    await compareCalls(stub, before, children)
    return rows
  } finally {
    for (const child of [...children, stub]) await child.stop()
    await server.stop()
  }
}

/** What was handled has to have made its call; when the machine stalled, some are looked up besides. */
async function compareCalls(stub, before, children) {
  const { done } = await together(children).stats()
  const calls = (await stub.stats()).done - before.done
  if (calls < done) throw new Error(`${done} events were handled, but only ${calls} calls made`)
  if (calls > done) process.stderr.write(`  ${done} events were handled, and ${calls} calls made\n`)
}

const MANY = 1000

/** What a process with one bot takes of memory, MB, and each of many further ones with a plugin and a webhook, KB. */
export async function botsMemory(here) {
  const stub = await start(here('lib/stub.mjs'), {})
  const rssOf = async BOTS => {
    const env = { STUB: `http://127.0.0.1:${stub.port}`, BOTS: String(BOTS) }
    const child = await start(here('contestants/beadle-webhook.mjs'), { env })
    const { rss } = await child.stats()
    await child.stop()
    return rss
  }
  const [one, many] = [await rssOf(1), await rssOf(1 + MANY)]
  await stub.stop()
  return { idleMb: one / 1e6, botKb: (many - one) / 1e3 / MANY }
}

/** The rows as a table in Markdown. */
export function enginesTable(title, rows) {
  const [, one, two] = rows
  const gain = median(two.rates.map((rate, round) => rate / one.rates[round]))
  const lines = rows.map(
    ({ name, rate, least, most, ratio, cpuUs, serverUs, walBytes, rss, failed }) =>
      `| ${name} | ${rate.toFixed(0)} (${least.toFixed(0)}-${most.toFixed(0)}) | ${ratio.toFixed(2)} | ${cpuUs.toFixed(0)} | ${(1e6 / cpuUs).toFixed(0)} | ${serverUs?.toFixed(0) ?? '-'} | ${walBytes?.toFixed(0) ?? '-'} | ${rss.toFixed(0)} | ${failed} |`,
  )
  const head =
    '| | handled/s, median (min-max) | of SQLite | nodes, CPU us each | events per CPU second of a node | PostgreSQL, CPU us each | WAL bytes each | nodes, RSS MB | failed |'
  return `### ${title}\n\n${head}\n|${'---|'.repeat(9)}\n${lines.join('\n')}\n\nTwo nodes by one: ${gain.toFixed(2)} (median of the rounds)\n`
}
