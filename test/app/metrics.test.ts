import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { Histogram } from '../../src/app/metrics/histogram.ts'
import { Tallies } from '../../src/app/metrics/tallies.ts'
import { ManualClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Delivery } from '../../src/runtime/events/event.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'

async function start(telemetry: object = {}) {
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
      jmessage: { quota: 600 },
      telemetry,
    }),
    'bots/warden.yaml': {
      username: 'warden-bot',
      roles: { moderator: ['alice'] },
      plugins: { warden: { words: ['nope'] } },
    },
  })
  const beadle = await startBeadle(await loadConfig(`${here}/config.yaml`, { env: {} }), silentLog)
  onTestFinished(() => beadle.close(0))
  return beadle
}

const readMetrics = async (url: string) => (await fetch(`${url}/metrics`)).text()

/** The value of a line of metrics. */
const valueIn = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find(line => line.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

test('what bots hear and answer is counted and timed', async () => {
  const { url, serverUrl } = await start()
  const jmessage = new JMessage(serverUrl!)
  const group = 10000001
  await jmessage.say('alice', { group }, '/words')
  const done = 'beadle_deliveries_total{bot="warden",plugin="warden",outcome="done"}'
  await until('it is counted', async () => valueIn(await readMetrics(url), done) === 1)

  const text = await readMetrics(url)
  for (const [series, value] of [
    ['beadle_events_received_total{type="message.text"}', 1],
    ['beadle_deliveries_total{bot="warden",plugin="warden",outcome="dead"}', 0],
    ['beadle_handler_seconds_count{bot="warden",plugin="warden"}', 1],
    ['beadle_dispatch_seconds_bucket{bot="warden",plugin="warden",le="+Inf"}', 1],
    ['beadle_cron_prevented_total{bot="warden",plugin="warden"}', 0],
    ['beadle_calls_total{endpoint="messages.send",priority="reply",outcome="sent"}', 1],
    ['beadle_call_seconds_count{endpoint="messages.send"}', 1],
    ['beadle_waiting', 0],
    ['beadle_plugin_state{bot="warden",plugin="warden",state="working"}', 1],
    ['beadle_outbox_waiting{app="main",priority="bulk"}', 0],
    ['beadle_quota_limit{app="main"}', 600],
    ['beadle_jmessage_up{app="main"}', 1],
    ['beadle_database_up', 1],
    ['beadle_dead_letters{kind="deliveries"}', 0],
  ] as const)
    expect([series, valueIn(text, series)]).toEqual([series, value])
  expect(valueIn(text, 'beadle_quota_left{app="main"}')).toBeLessThan(600)
  expect(valueIn(text, 'beadle_database_bytes')).toBeGreaterThan(0)
  expect(valueIn(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds')

  // Each series belongs to a metric that says what it is, and nothing is labelled with people, groups or events.
  const own = text.split('\n').filter(line => line.startsWith('beadle_'))
  const labels = new Set(own.flatMap(line => [...line.matchAll(/[{,](\w+)="/g)].map(match => match[1]!)))
  expect([...labels].sort()).toEqual(
    ['app', 'bot', 'endpoint', 'hash', 'kind', 'le', 'outcome', 'plugin', 'priority', 'state', 'type'].sort(),
  )
  for (const line of own) {
    expect(line).toMatch(/^[a-z_]+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.e+-]+$/)
    const name = /^[a-z_]+/.exec(line)![0]
    const isKnown = [name, name.replace(/_(bucket|sum|count)$/, '')].some(known =>
      text.includes(`# TYPE ${known} `),
    )
    expect([name, isKnown]).toEqual([name, true])
  }
})

test('who comes from elsewhere is told nothing but whether it is ready', async () => {
  const { url } = await start()
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  expect((await fetch(`${url}/metrics`, { headers })).status).toBe(404)
  expect(await (await fetch(`${url}/readyz`, { headers })).json()).toEqual({ status: 'ready' })
  expect((await fetch(`${url}/metrics`)).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
})

test('telemetry.metrics: off tells nobody', async () => {
  const { url } = await start({ metrics: 'off' })
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
})

const delivery = (createdAt: number): Delivery => ({
  event: { id: 'x', type: 'webhook', conversation: 'x', data: {}, createdAt },
  ...{ bot: 'b', plugin: 'p', attempts: 0, again: false, recovered: false, partition: 0, calls: [] },
})

async function samples(tallies: Tallies, metric: string) {
  const { values } = await tallies
    .metrics()
    .find(({ name }) => name === metric)!
    .get()
  return values
}

test('an event is timed from its acceptance to its last attempt, and each attempt by itself', async () => {
  const clock = new ManualClock()
  const tallies = new Tallies(clock)
  const event = delivery(clock.now())
  await clock.advance(500)
  tallies.ended(event, 'retried', 400)
  await clock.advance(2500)
  tallies.ended(event, 'dead', 100)
  const sumOf = async (name: string) =>
    (await samples(tallies, name)).find(({ metricName }) => metricName === `${name}_sum`)!.value
  expect(await sumOf('beadle_handler_seconds')).toBeCloseTo(0.5)
  expect(await sumOf('beadle_dispatch_seconds')).toBeCloseTo(3)
  const ends = await samples(tallies, 'beadle_deliveries_total')
  expect(ends.map(({ labels, value }) => [labels.outcome, value])).toEqual([
    ['done', 0],
    ['retried', 1],
    ['dead', 1],
  ])
})

test('times that schedules are passed over are counted for each plugin', async () => {
  const tallies = new Tallies(new ManualClock())
  for (const plugin of ['p', 'q', 'p']) tallies.prevented({ bot: 'b', plugin })
  expect(await samples(tallies, 'beadle_cron_prevented_total')).toEqual([
    { labels: { bot: 'b', plugin: 'p' }, value: 2 },
    { labels: { bot: 'b', plugin: 'q' }, value: 1 },
  ])
})

test('a histogram counts every value in each bucket that it fits into', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2_000_000 })), values => {
      const histogram = new Histogram()
      for (const value of values) histogram.add(value)
      const read = histogram.samples('x', {})
      for (const { metricName, labels, value } of read) {
        if (metricName !== 'x_bucket') continue
        const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le) * 1000
        expect(value).toBe(values.filter(each => each <= bound).length)
      }
      const total = values.reduce((sum, each) => sum + each, 0)
      expect(read.find(({ metricName }) => metricName === 'x_sum')!.value).toBeCloseTo(total / 1000)
      expect(read.find(({ metricName }) => metricName === 'x_count')!.value).toBe(values.length)
    }),
  )
})
