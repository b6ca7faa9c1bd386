// Events handled with an empty store, and with one that holds what millions of events left, on both engines.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from './child.mjs'
import { contest } from './contest.mjs'
import { ofManyUsers } from './engines.mjs'
import { fillPostgres, fillSqlite, leftInPostgres, leftInSqlite, sizeOf } from './finished-fill.mjs'
import { startPostgres } from './postgres.mjs'

const ID = '0'.repeat(32)

/** Calls with ids that come in no order, as most senders have them. */
function withIds(load) {
  const vary = ofManyUsers()
  return {
    ...load,
    headers: { ...load.headers, 'x-github-delivery': ID },
    vary: text => vary(text).replace(ID, () => randomBytes(16).toString('hex')),
  }
}

/** @param prune  whether the full stores are cleared meanwhile */
export async function finishedContest({ here, load, count, prune, rounds, ms }) {
  const server = await startPostgres()
  const stub = await start(here('lib/stub.mjs'), {})
  const children = []
  const node = async (DATABASE, more) => {
    const env = { STUB: `http://127.0.0.1:${stub.port}`, DATABASE, CONVERSATIONS: '1', IDS: '1', ...more }
    const child = await start(here('contestants/beadle-webhook.mjs'), { env })
    children.push(child)
    return child
  }
  try {
    const folder = mkdtempSync(join(tmpdir(), 'beadle-finished-'))
    const file = join(folder, 'full.db')
    const database = await server.database('filled')
    process.stderr.write('  filling SQLite\n')
    await fillSqlite(file, count)
    process.stderr.write('  filling PostgreSQL\n')
    await fillPostgres(database, count)
    const bytes = [statSync(file).size / count, (await sizeOf(database)) / count]
    const more = prune ? { PRUNE: '1' } : {}
    const loaded = withIds(load)
    const contestants = [
      ['SQLite, empty', await node(join(folder, 'empty.db'), {})],
      ['SQLite, full', await node(file, more)],
      ['PostgreSQL, empty', await node(await server.database('empty'), {}), server],
      ['PostgreSQL, full', await node(database, more), server],
    ].map(([name, child, server], index) => {
      return {
        name,
        child,
        load: loaded,
        server,
        reference: index - (index % 2),
        rests: prune && index % 2 === 1,
      }
    })
    const before = [leftInSqlite(file), await leftInPostgres(database)]
    const rows = await contest(contestants, { rounds, ms })
    const after = [leftInSqlite(file), await leftInPostgres(database)]
    for (const [index, engine] of ['SQLite', 'PostgreSQL'].entries())
      process.stderr.write(
        `  ${engine}: ${before[index] - after[index]} of ${before[index]} rows were cleared away\n`,
      )
    return { rows, bytes }
  } finally {
    for (const child of [...children, stub]) await child.stop()
    await server.stop()
  }
}

/** The rows as a table in Markdown. */
export function finishedTable(title, rows, bytes) {
  const head =
    '| | handled/s, median (min-max) | time each, of empty | worst round | node, CPU us each | of empty | PostgreSQL, CPU us each | WAL bytes each |'
  const lines = rows.map(
    ({ name, rate, least, most, ratio, leastRatio, cpuUs, cpuRatio, serverUs, walBytes }) =>
      `| ${name} | ${rate.toFixed(0)} (${least.toFixed(0)}-${most.toFixed(0)}) | ${(1 / ratio).toFixed(2)} | ${(1 / leastRatio).toFixed(2)} | ${cpuUs.toFixed(0)} | ${cpuRatio.toFixed(2)} | ${serverUs?.toFixed(0) ?? '-'} | ${walBytes?.toFixed(0) ?? '-'} |`,
  )
  return `### ${title}\n\n${head}\n|${'---|'.repeat(8)}\n${lines.join('\n')}\n\nA finished event takes ${bytes[0].toFixed(0)} bytes of SQLite, and ${bytes[1].toFixed(0)} of PostgreSQL\n`
}
