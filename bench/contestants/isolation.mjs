// A bot with two plugins: a quiet one in the main thread, each of whose events leads to one call, and one in a thread of
// its own, which an event sends into an endless loop.
import { fileURLToPath } from 'node:url'
import { listen } from '../../dist/app/listen.js'
import { definePlugin } from '../../dist/index.js'
import { noObserver } from '../../dist/runtime/observer.js'
import { report } from '../lib/child.mjs'
import { startRuntime } from '../lib/runtime.mjs'

const now = () => performance.timeOrigin + performance.now()

/** Ms from the request to the end of the call, of those since the last look. */
let times = []
let backAt = 0

const quiet = definePlugin({
  name: 'bench',
  setup(ctx) {
    ctx.webhook('event', { auth: 'none', dedupe: 'off' }, async ({ body, bot }) => {
      await bot.user('user_1001').text('pong')
      times.push(now() - body.at)
    })
  },
})
const stuck = {
  name: 'stuck',
  definition: definePlugin({ name: 'stuck', setup() {} }),
  config: {},
  isolation: 'worker',
  file: fileURLToPath(new URL('isolation-stuck.mjs', import.meta.url)),
}
const observer = {
  ...noObserver,
  called: ({ key }) => {
    if (key.includes('/stuck/')) backAt = now()
  },
}
const log = { error() {} }
const runtime = await startRuntime(process.env.STUB, quiet, { plugins: [stuck], observer, log })
const { fetch } = runtime.http
const { shortcut } = runtime
const { port } = await listen({ host: '127.0.0.1', port: 0, name: 'the bench', fetch, shortcut })
report(port, () => {
  const figures = { times, backAt }
  times = []
  return figures
})
