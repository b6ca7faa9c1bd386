// 10,000 schedules, 500 of them due every second: how long it takes to make them, what they weigh, how late they are.
// KIND: beadle (by ctx.cron; each firing is an event on disk before its handler runs), node-cron or croner.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { report } from '../lib/child.mjs'

const COUNT = 10_000
/** Each fires every so many seconds. */
const EVERY = 20

setFlagsFromString('--expose_gc')
const gc = runInNewContext('gc')
const heap = () => {
  for (let i = 0; i < 3; i++) gc()
  return process.memoryUsage().heapUsed
}

const late = []
/** The clock tells how late it is: all are due at whole seconds. */
const fired = () => late.push(Date.now() % 1000)
const expression = i => `${i % EVERY},${(i % EVERY) + 20},${(i % EVERY) + 40} * * * * *`

/** What is to be kept, so that it is not collected. */
const kept = []
const kinds = {
  async beadle() {
    const { definePlugin } = await import('../../dist/index.js')
    const { startRuntime } = await import('../lib/runtime.mjs')
    let add
    const plugin = definePlugin({
      name: 'bench',
      setup(ctx) {
        add = i => ctx.cron(expression(i), { name: `s${i}` }, fired)
      },
    })
    const runtime = await startRuntime(process.env.STUB, plugin)
    // Until all are on disk.
    return { add, settled: () => runtime.schedules.settled() }
  },
  async 'node-cron'() {
    const { schedule } = await import('node-cron')
    return { add: i => kept.push(schedule(expression(i), fired)) }
  },
  async croner() {
    const { Cron } = await import('croner')
    return { add: i => kept.push(new Cron(expression(i), fired)) }
  },
}

const { add, settled } = await kinds[process.env.KIND]()
const before = heap()
const begun = performance.now()
for (let i = 0; i < COUNT; i++) add(i)
await settled?.()
const createMs = performance.now() - begun
const kbEach = (heap() - before) / COUNT / 1024

const quantile = part => late[Math.min(late.length - 1, Math.floor(late.length * part))]

// The first of them warm up.
setTimeout(() => late.splice(0), Number(process.env.WARM_UP_MS))
report(0, () => {
  late.sort((a, b) => a - b)
  return { createMs, kbEach, fired: late.length, p50: quantile(0.5), p99: quantile(0.99) }
})
