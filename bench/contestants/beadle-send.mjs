// Beadle's IM server, with an admin and a user, on a database of its own. synchronous=FULL.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../../dist/client/index.js'
import { startServer } from '../../dist/server/index.js'
import { report } from '../lib/child.mjs'

const keys = { appKey: process.env.APP_KEY, masterSecret: process.env.MASTER_SECRET }
const server = await startServer({
  listen: { host: '127.0.0.1', port: 0 },
  data: mkdtempSync(join(tmpdir(), 'beadle-bench-')),
  apps: [keys],
  rateLimit: 'off',
})
const client = createClient({ endpoint: server.url, ...keys })
await client.admins.register({ body: { username: 'bench-bot', password: 'password' } })
await client.users.register({ body: [{ username: 'user_1001', password: 'password' }] })
// Every answer of 201 is a message that is on disk: the driver counts them.
report(Number(new URL(server.url).port), () => ({}))
