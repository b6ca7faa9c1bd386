// The reference for the IM server: bare Hono, Basic auth, zod, and an insert that shares its commit with those of the
// same turn of the event loop. synchronous=FULL.
import { timingSafeEqual } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import Database from 'libsql'
import { z } from 'zod'
import { report } from '../lib/child.mjs'

const db = new Database(join(mkdtempSync(join(tmpdir(), 'beadle-bench-')), 'messages.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec(
  'create table message (id integer primary key, target text not null, ctime integer not null, body text not null)',
)
const insert = db.prepare('insert into message (target, ctime, body) values (?, ?, ?)')
const insertAll = db.transaction(rows => rows.map(row => Number(insert.run(...row).lastInsertRowid)))

let waiting = []
let done = 0
const save = row =>
  new Promise(resolve => {
    if (waiting.length === 0) setImmediate(flush)
    waiting.push({ row, resolve })
  })
function flush() {
  const batch = waiting
  waiting = []
  const ids = insertAll(batch.map(({ row }) => row))
  for (const [index, id] of ids.entries()) batch[index].resolve(id)
}

const Message = z.object({
  version: z.number().int(),
  target_type: z.enum(['single', 'group', 'chatroom']),
  target_id: z.string().min(1).max(128),
  from_type: z.enum(['admin', 'user']),
  from_id: z.string().min(1).max(128),
  msg_type: z.literal('text'),
  msg_body: z.object({ text: z.string(), extras: z.record(z.string(), z.unknown()).optional() }),
  no_offline: z.boolean().optional(),
  no_notification: z.boolean().optional(),
})
const expected = Buffer.from(
  `Basic ${Buffer.from(`${process.env.APP_KEY}:${process.env.MASTER_SECRET}`).toString('base64')}`,
)
const app = new Hono()
app.post('/v1/messages', async c => {
  const given = Buffer.from(c.req.header('authorization') ?? '')
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return c.json({ error: { code: 899008 } }, 401)
  const raw = await c.req.text()
  const parsed = Message.safeParse(JSON.parse(raw))
  if (!parsed.success) return c.json({ error: { code: 899003 } }, 400)
  const now = Date.now()
  const id = await save([parsed.data.target_id, now, raw])
  done++
  return c.json({ msg_id: id, msg_ctime: now }, 201)
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => report(port, () => ({ done })))
