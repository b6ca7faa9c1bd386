// The reference for dispatch: a bare Hono handler that makes one API call through an undici Pool, and forgets.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { Pool } from 'undici'
import { report } from '../lib/child.mjs'

const pool = new Pool(process.env.STUB, { connections: 64 })
const app = new Hono()
let done = 0

app.post('/hooks/bench/bench/event', async c => {
  if (c.req.header('x-secret') !== 'webhook-secret') return c.body(null, 401)
  const event = await c.req.json()
  const answer = await pool.request({
    path: '/v1/messages',
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Basic YTpi' },
    body: JSON.stringify({
      version: 1,
      target_type: 'single',
      target_id: event.from,
      from_type: 'admin',
      from_id: 'bench-bot',
      msg_type: 'text',
      msg_body: { text: 'pong' },
    }),
  })
  await answer.body.json()
  done++
  return c.json({ ok: true })
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => report(port, () => ({ done })))
