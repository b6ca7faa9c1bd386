// Beadle: webhook -> journal (on disk) -> plugin -> outbox (on disk) -> one API call -> noted (on disk). On the DATABASE,
// which others may share, or a file of its own; with CONVERSATIONS, each channel is one; with BOTS, there are so many; with IDS, calls have ids; with
// PRUNE, what is older than a day is cleared away.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { listen } from '../../dist/app/listen.js'
import { definePlugin } from '../../dist/index.js'
import { report } from '../lib/child.mjs'
import { startRuntime } from '../lib/runtime.mjs'

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
let done = 0
const plugin = definePlugin({
  name: 'bench',
  setup(ctx) {
    const others = Number(process.env.COMMANDS ?? 0)
    for (let i = 0; i < others; i++) ctx.command(`command${i}`, () => 'never called')
    ctx.webhook(
      'event',
      {
        auth: { type: 'header', name: 'x-secret', value: 'webhook-secret' },
        // Otherwise the same body comes all the time.
        dedupe: process.env.IDS ? {} : 'off',
        ...(process.env.CONVERSATIONS ? { conversation: ({ channel }) => channel } : {}),
      },
      async ({ body, bot }) => {
        await bot.user(body.from).text('pong')
        done++
      },
    )
  },
})
const runtime = await startRuntime(process.env.STUB, plugin, {
  database: process.env.DATABASE,
  bots: Number(process.env.BOTS ?? 1),
  keep: process.env.PRUNE ? { ageMs: 86_400_000, events: 10_000 } : undefined,
})
const { fetch } = runtime.http
const { shortcut } = runtime
const { port } = await listen({ host: '127.0.0.1', port: 0, name: 'the bench', fetch, shortcut })
report(port, () => ({ done, waiting: runtime.waiting, delayMs: delay.percentile(99) / 1e6 }))
