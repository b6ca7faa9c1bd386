// Beadle's IM server, with an admin and a user, on the PostgreSQL at DATABASE, which others may share, or on an SQLite of
// its own with synchronous=FULL.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../../dist/client/index.js'
import { startServer } from '../../dist/server/index.js'
import { report } from '../lib/child.mjs'

const keys = { appKey: process.env.APP_KEY, masterSecret: process.env.MASTER_SECRET }
const server = await startServer({
  listen: { host: '127.0.0.1', port: 0 },
  ...(process.env.DATABASE
    ? { database: process.env.DATABASE }
    : { data: mkdtempSync(join(tmpdir(), 'beadle-bench-')) }),
  apps: [keys],
  rateLimit: 'off',
})
const client = createClient({ endpoint: server.url, ...keys })
// Another process may have registered it.
await client.admins.register({ body: { username: 'bench-bot', password: 'password' } }).catch(() => {})
await client.users.register({ body: [{ username: 'user_1001', password: 'password' }] }).catch(() => {})
// Every answer of 201 is a message that is on disk: the driver counts them.
report(Number(new URL(server.url).port), () => ({}))
