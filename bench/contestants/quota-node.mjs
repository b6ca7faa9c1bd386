// One of several processes that share a quota: it always has something to say, and says it through the gate of the bots.
import { systemClock } from '../../dist/base/clock.js'
import { silentLog } from '../../dist/base/log.js'
import { createClient } from '../../dist/client/index.js'
import { Gate } from '../../dist/runtime/bot/gate.js'
import { ledgerIn } from '../../dist/runtime/quota/shared-ledger.js'
import { openStore } from '../../dist/store/index.js'
import { runtimeSchema } from '../../dist/store/schema/runtime.js'
import { report } from '../lib/child.mjs'

const keys = { appKey: 'bench00app00000000000001', masterSecret: 'bench00secret00000000001' }
const aheadMs = Number(process.env.AHEAD_MS)
/** Set wrong, as on another machine. */
const clock = { ...systemClock, now: () => Date.now() + aheadMs }
/** So many calls wait or are under way. */
const CALLERS = Number(process.env.CALLERS)

const store = await openStore(runtimeSchema, { url: process.env.DATABASE })
const ledger = ledgerIn(store, keys.appKey)
/** How long the ledger took to answer, ms. */
const asks = []
const timed = {
  async ask(request) {
    const begun = performance.now()
    const grant = await ledger.ask(request)
    asks.push(performance.now() - begun)
    return grant
  },
}
const client = createClient({
  ...keys,
  clock,
  endpoint: process.env.STUB,
  quota: Number(process.env.LIMIT),
  ledger: timed,
})
const gate = new Gate({ clock, log: silentLog, concurrency: 64, limiter: client.limiter })
const args = {
  body: {
    version: 1,
    target_type: 'single',
    target_id: 'user_1001',
    from_type: 'admin',
    from_id: 'bench-bot',
    msg_type: 'text',
    msg_body: { text: 'pong' },
  },
}
let done = 0
let order = 0

async function caller() {
  for (;;) {
    await gate.enter('reply', { order: String(order++).padStart(12, '0'), isLook: false, delayed() {} })
    try {
      await client.call('messages.send', args, { checked: true, counted: true })
      done++
      gate.leave()
    } catch (error) {
      gate.leaveAfter(error)
    }
  }
}

let begun = false
process.on('message', question => {
  if (question !== 'begin' || begun) return
  begun = true
  for (let n = 0; n < CALLERS; n++) void caller()
})
report(0, () => {
  const sorted = asks.toSorted((a, b) => a - b)
  const quantile = part => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { done, asks: asks.length, p50: quantile(0.5), p99: quantile(0.99) }
})
