// Copies a store of so many events from SQLite to PostgreSQL and back, by the program itself.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'

const PROGRAM = fileURLToPath(new URL('../../bin/beadle.js', import.meta.url))

/** Events with some 300 bytes of data, of which a tenth made a call that was kept; and what else a store has. */
function fill(path, events) {
  // By another process, as what this one had open it might not let go of at once.
  execFileSync(process.execPath, [PROGRAM, 'migrate', '--database', `sqlite:${path}`, '--schema', 'runtime'])
  const database = new Database(path)
  const rows = n => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${n})`
  const now = Date.now()
  const data = `'{"from":"user_' || (i % 5000) || '","text":"' || substr(hex(randomblob(130)), 1, 260) || '"}'`
  database.exec('pragma synchronous = off; begin')
  database.exec(`${rows(events)} insert into deliveries
      (event_id, bot, plugin, type, conversation, dedupe, data, created_at, state, attempts, ended_at)
    select printf('01JD%022d', i), 'herald', 'announce', 'webhook', 'single:user_' || (i % 5000), 'hook:' || i, ${data},
      ${now} + i, case when i % 100 then 'done' else 'pending' end, 1, case when i % 100 then ${now} + i end from n`)
  database.exec(`${rows(events / 10)} insert into outbox
      (key, seq, bot, event_id, endpoint, lane, priority, args, state, attempts, result, created_at, expires_at, updated_at)
    select printf('01JD%022d/0', i * 10), printf('%026d', i), 'herald', printf('01JD%022d', i * 10), 'messages.send',
      'single:user_' || (i % 5000), 'reply', ${data}, 'sent', 1, '{"msg_id":' || i || '}', ${now}, ${now}, ${now} from n`)
  database.exec(`${rows(1000)} insert into state (bot, plugin, key, value)
    select 'herald', 'announce', 'key ' || i, '{"n":' || i || '}' from n`)
  database.exec('commit')
  database.close()
}

function copy(from, to) {
  const begun = performance.now()
  let peak = 0
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, 'copy', '--from', from, '--to', to, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const phases = {}
    let rest = ''
    let last
    child.stdout.setEncoding('utf8').on('data', text => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        last = JSON.parse(line)
        if (last.phase) phases[last.phase] ??= performance.now()
      }
    })
    const looking = setInterval(() => {
      peak = Math.max(peak, residentMb(child.pid))
    }, 100)
    child.once('close', code => {
      clearInterval(looking)
      if (code !== 0 || !last?.done) return reject(new Error(`the copy failed: ${JSON.stringify(last)}`))
      const seconds = (performance.now() - begun) / 1000
      const rows = last.tables.reduce((sum, table) => sum + table.rows, 0)
      const comparing = (performance.now() - phases.verify) / 1000
      resolve({ rows, seconds, copying: seconds - comparing, comparing, peak })
    })
  })
}

/** What a process holds in memory, in MB; 0 where that cannot be read. */
function residentMb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** @param url  of an empty database of PostgreSQL */
export async function copyContest({ url, events }) {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-copy-'))
  try {
    process.stderr.write(`  filling a store with ${events.toLocaleString('en')} events\n`)
    fill(join(folder, 'from.db'), events)
    process.stderr.write('  SQLite to PostgreSQL\n')
    const there = await copy(`sqlite:${join(folder, 'from.db')}`, url)
    process.stderr.write('  and back\n')
    const back = await copy(url, `sqlite:${join(folder, 'to.db')}`)
    return [
      { name: 'SQLite to PostgreSQL', ...there },
      { name: 'PostgreSQL to SQLite', ...back },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The rows as a table in Markdown. */
export function copyTable(title, rows) {
  const lines = rows.map(
    ({ name, rows: count, seconds, copying, comparing, peak }) =>
      `| ${name} | ${count.toLocaleString('en')} | ${copying.toFixed(1)} | ${comparing.toFixed(1)} | ${seconds.toFixed(1)} | ${Math.round(count / seconds).toLocaleString('en')} | ${peak.toFixed(0)} |`,
  )
  return `### ${title}\n\n| | rows | copying, s | comparing, s | all, s | rows/s | most memory, MB |\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}
