// Beadle: webhook -> journal (on disk) -> plugin -> outbox (on disk) -> one API call -> noted (on disk).
import { serve } from '@hono/node-server'
import { definePlugin } from '../../dist/index.js'
import { report } from '../lib/child.mjs'
import { startRuntime } from '../lib/runtime.mjs'

let done = 0
const plugin = definePlugin({
  name: 'bench',
  setup(ctx) {
    const others = Number(process.env.COMMANDS ?? 0)
    for (let i = 0; i < others; i++) ctx.command(`command${i}`, () => 'never called')
    ctx.webhook(
      'event',
      { auth: { type: 'header', name: 'x-secret', value: 'webhook-secret' } },
      async ({ body, bot }) => {
        await bot.user(body.from).text('pong')
        done++
      },
    )
  },
})
const runtime = await startRuntime(process.env.STUB, plugin)
serve({ fetch: runtime.http.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  report(port, () => ({ done })),
)
