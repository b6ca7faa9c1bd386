// Beadle's IM server with a small town, in a store that is empty otherwise, or full (FULL=1): 2,000,000 messages,
// 100,000 users, 10,000 groups, and a chat room of 100,000.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../../dist/client/index.js'
import { startServer } from '../../dist/server/index.js'
import { report } from '../lib/child.mjs'
import { fill } from '../lib/fill.mjs'

const keys = { appKey: process.env.APP_KEY, masterSecret: process.env.MASTER_SECRET }
const data = mkdtempSync(join(tmpdir(), 'beadle-bench-'))
const open = () =>
  startServer({
    listen: { host: '127.0.0.1', port: 0 },
    data,
    apps: [keys],
    rateLimit: 'off',
    maxRoomMembers: 200_000,
  })

const first = await open()
const client = createClient({ endpoint: first.url, ...keys })
await client.admins.register({ body: { username: 'bench-bot', password: 'password' } })
const people = Array.from({ length: 499 }, (_, i) => `member_${i}`)
await client.users.register({ body: [{ username: 'user_1001', password: 'password' }] })
await client.users.register({ body: people.map(username => ({ username, password: 'password' })) })
// The first group has 500 members; the user is in ten groups.
for (let i = 0; i < 10; i++)
  await client.groups.create({
    body: { owner_username: 'user_1001', name: `town ${i}`, members_username: i === 0 ? people : [] },
  })
const room = await client.chatrooms.create({ body: { owner_username: 'user_1001', name: 'room' } })
const say200 = (client, target_type, target_id) => {
  const to = { version: 1, target_type, target_id, from_type: 'admin', from_id: 'bench-bot' }
  const body = { ...to, msg_type: 'text', msg_body: { text: 'x'.repeat(330) } }
  return Promise.all(Array.from({ length: 200 }, () => client.messages.send({ body })))
}
await say200(client, 'group', '10000001')
await client.close()
await first.close()
if (process.env.FULL) fill(join(data, 'im.db'), room.chatroom_id)

const server = await open()
// The newest messages of the app are the town's in both stores.
const again = createClient({ endpoint: server.url, ...keys })
await say200(again, 'single', 'user_1001')
await again.close()
report(Number(new URL(server.url).port), () => ({}))
