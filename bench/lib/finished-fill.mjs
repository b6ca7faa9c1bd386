// Fills a store with events that were handled, as the runtime leaves them.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import pg from 'pg'

const PROGRAM = fileURLToPath(new URL('../../bin/beadle.js', import.meta.url))
const CHUNK = 250_000
/** Every so many events a second plugin hears one, too; every so many its call had to wait, and has a row of its own. */
const HEARD_TWICE = 10
const WAITED = 10
const SPREAD_MS = 50 * 86_400_000

/**
 * What is said differently: rows with the numbers from `from` to `to`, a number in so many digits, and 32 random hex
 * digits. Neither fills indexes whose keys come in no order row by row: that would take most of the time.
 */
const SQLITE = {
  rows: (from, to) =>
    `(with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to}) select i from n)`,
  padded: (value, digits) => `printf('%0${digits}d', ${value})`,
  random: 'lower(hex(randomblob(16)))',
}
const POSTGRES = {
  rows: (from, to) => `(select i from generate_series(${from}::bigint, ${to}) i) n`,
  padded: (value, digits) => `lpad((${value})::text, ${digits}, '0')`,
  random: "replace(gen_random_uuid()::text, '-', '')",
}

/** The statements that fill a part of it: events with ids that come before all new ones. */
function statements({ rows, padded, random }, { from, to, count }) {
  const id = `'01JD' || ${padded('i', 22)}`
  const user = "'user_' || (1000 + i % 1000)"
  const at = `${Date.now() - SPREAD_MS - 86_400_000} + i * ${Math.max(1, Math.floor(SPREAD_MS / count))}`
  const args = `'{"body":{"version":1,"target_type":"single","target_id":"' || ${user} || '","from_type":"admin","from_id":"bench-bot","msg_type":"text","msg_body":{"text":"pong","extras":{"_beadle":"${'k'.repeat(22)}"}}}}'`
  const key = `${id} || '/bench/bench/messages.send>single:' || ${user} || '#0'`
  const lane = `'single:' || ${user}`
  const calls = `'[{"key":"' || ${key} || '","seq":"' || ${id} || '","endpoint":"messages.send","lane":"' || ${lane} || '","args":' || ${args} || ',"result":{"msg_id":' || i || ',"msg_ctime":1},"at":' || (${at}) || '}]'`
  const data = `'{"name":"event","body":{"id":' || i || ',"type":"message","from":"' || ${user} || '","channel":"private:' || ${user} || '","text":"/pong","extra":{"nickname":"Someone","device":"ios","note":"${'x'.repeat(200)}"}}}'`
  const event = (
    plugin,
    dedupe,
    made,
  ) => `insert into deliveries (event_id, bot, plugin, type, conversation, dedupe,
      data, created_at, state, attempts, calls, ended_at, partition)
    select ${id}, 'bench', '${plugin}', 'webhook', 'hook:event:private:' || ${user}, ${dedupe}, ${data}, ${at}, 'done', 0,
      ${made}, ${at} + 20, i % 64 from ${rows(from, to)}`
  return [
    event(
      'bench',
      `'hook:/hooks/bench/bench/event?id=' || ${random}`,
      `case when i % ${WAITED} > 0 then ${calls} end`,
    ),
    `${event('archive', 'null', 'null')} where i % ${HEARD_TWICE} = 0`,
    `insert into outbox (key, seq, bot, event_id, endpoint, lane, priority, args, state, attempts, result, created_at,
        expires_at, updated_at, partition)
      select ${key}, ${id}, 'bench', ${id}, 'messages.send', ${lane}, 'reply', ${args}, 'sent', 1,
        '{"msg_id":' || i || ',"msg_ctime":1}', ${at}, ${at} + 3600000, ${at} + 500, i % 64
      from ${rows(from, to)} where i % ${WAITED} = 0`,
  ]
}

/** Runs all statements for `count` events, and tells how far it is. */
async function inChunks(dialect, count, run) {
  for (let done = 0; done < count; done += CHUNK) {
    const to = Math.min(count, done + CHUNK)
    for (const sql of statements(dialect, { from: done + 1, to, count })) await run(sql)
    process.stderr.write(`  ${to.toLocaleString('en')} events\r`)
  }
  process.stderr.write('\n')
}

const migrate = database =>
  execFileSync(process.execPath, [PROGRAM, 'migrate', '--database', database, '--schema', 'runtime'])

const COUNT = "select count(*) as count from deliveries where bot = 'bench' and event_id < '01JE'"

/** How many of the rows are left in a file. */
export function leftInSqlite(path) {
  const db = new Database(path)
  const { count } = db.prepare(COUNT).get()
  db.close()
  return count
}

/** How many of the rows are left in a database. */
export const leftInPostgres = url => ask(url, COUNT)
/** How large a database is, in bytes. */
export const sizeOf = url => ask(url, 'select pg_database_size(current_database()) as count')

async function ask(url, sql) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return Number(rows[0].count)
}

/** Makes a file, and fills it. */
export async function fillSqlite(path, count) {
  // By another process, as what this one had open it might not let go of at once.
  migrate(`sqlite:${path}`)
  const db = new Database(path)
  db.exec('pragma synchronous = off; pragma cache_size = -200000')
  const { sql } = db.prepare("select sql from sqlite_master where name = 'deliveries_dedupe'").get()
  db.exec('drop index deliveries_dedupe')
  await inChunks(SQLITE, count, statement => db.exec(statement))
  db.exec(sql)
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
}

/** Fills a database that is empty. It is left as the server's own upkeep would leave it. */
export async function fillPostgres(url, count) {
  migrate(url)
  const client = new pg.Client({ connectionString: url })
  // What fails is thrown by the statement; as all ends then, so does this.
  client.on('error', () => {})
  await client.connect()
  await client.query('set synchronous_commit = off; set maintenance_work_mem = 262144')
  const { rows } = await client.query("select indexdef from pg_indexes where indexname = 'deliveries_dedupe'")
  await client.query('drop index deliveries_dedupe')
  await inChunks(POSTGRES, count, statement => client.query(statement))
  await client.query(rows[0].indexdef)
  await client.query('vacuum analyze')
  await client.query('checkpoint')
  await client.end()
}
