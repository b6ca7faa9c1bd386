// Beadle as a contestant in a harness of others: `POST /webhook` with `x-secret: whsecret`; `/pong` is answered with one
// API call. The harness is named by BENCH_HARNESS and gives the port, the stub, and the counters.
import { listen } from '../../../dist/app/listen.js'
import { definePlugin } from '../../../dist/index.js'
import { startRuntime } from '../../lib/runtime.mjs'

const { stats, PORT, STUB, NCMD, ready } = await import(process.env.BENCH_HARNESS)
const plugin = definePlugin({
  name: 'bench',
  setup(ctx) {
    for (let i = 0; i < NCMD; i++) ctx.command(`cmd${i}`, () => 'never called')
    const commands = new Map([
      ['/ping', () => {}],
      [
        '/pong',
        async ({ body, bot }) => {
          await bot.user(body.from).text('pong')
          stats.replies++
        },
      ],
    ])
    const auth = { type: 'header', name: 'x-secret', value: 'whsecret' }
    // The same body comes all the time.
    ctx.webhook('event', { auth, dedupe: 'off' }, context => {
      stats.events++
      return commands.get(context.body.text)?.(context)
    })
  },
})
const runtime = await startRuntime(STUB, plugin)
// The harness has a path of its own.
const shortcut = (incoming, outgoing) => {
  incoming.url = '/hooks/bench/bench/event'
  return runtime.shortcut(incoming, outgoing)
}
await listen({ host: '127.0.0.1', port: PORT, name: 'the bench', fetch: runtime.http.fetch, shortcut })
ready()
