// Twelve apps in one process: ten quiet ones, whose events lead to one call each; a noisy one without a quota, which has a
// slow plugin besides; and a hoarder with a quota of 600 calls a minute.
import { listen } from '../../dist/app/listen.js'
import { definePlugin } from '../../dist/index.js'
import { report } from '../lib/child.mjs'
import { startRuntime } from '../lib/runtime.mjs'

const now = () => performance.timeOrigin + performance.now()
const HANDLER_MS = 1000

/** Ms from the request to the end of the call, of the events of the quiet ones since the last look. */
let times = []

const teller = definePlugin({
  name: 'teller',
  setup(ctx) {
    ctx.webhook('event', { auth: 'none', dedupe: 'off' }, async ({ body, bot }) => {
      await bot.user('user_1001').text('pong')
      if (body.at) times.push(now() - body.at)
    })
  },
})
const slow = definePlugin({
  name: 'slow',
  setup(ctx) {
    ctx.webhook(
      'event',
      { auth: 'none', dedupe: 'off' },
      () => new Promise(end => setTimeout(end, HANDLER_MS)),
    )
  },
})

const names = ['noisy', 'hoarder', ...Array.from({ length: 10 }, (_, n) => `quiet-${n}`)]
const runtime = await startRuntime(process.env.STUB, undefined, {
  apps: names.map(name => ({ name, quota: name === 'hoarder' ? 600 : 'off' })),
  bots: names.map(name => ({
    id: name,
    app: name,
    username: 'bench-bot',
    plugins: [teller, slow].map(definition => ({ name: definition.name, definition, config: {} })),
  })),
})
const { fetch } = runtime.http
const { shortcut } = runtime
const { port } = await listen({ host: '127.0.0.1', port: 0, name: 'the bench', fetch, shortcut })
report(port, () => {
  const figures = { times, waiting: runtime.waiting }
  times = []
  return figures
})
