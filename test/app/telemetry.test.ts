import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startBeadle } from '../../src/app/beadle.ts'
import { loadConfig } from '../../src/app/config/index.ts'
import { isAmong, traceOf } from '../../src/app/telemetry/ids.ts'
import type { Span } from '../../src/app/telemetry/otlp.ts'
import { Sender } from '../../src/app/telemetry/sender.ts'
import { spanSettings } from '../../src/app/telemetry/settings.ts'
import { ManualClock } from '../../src/base/clock.ts'
import { idMaker } from '../../src/base/ids.ts'
import { silentLog } from '../../src/base/log.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage } from '../e2e/jmessage.ts'
import { folder } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'
import { captured } from '../runtime/capture.ts'

interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: string } }[]
  readonly status: { code?: number }
}

/** Something that takes spans, and answers as it is told. */
async function collector() {
  const spans: ReceivedSpan[] = []
  const requests: { path: string | undefined; headers: Record<string, unknown>; body: string }[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    requests.push({ path: request.url, headers: request.headers, body })
    const status = answers.shift() ?? 200
    if (status === 200) spans.push(...JSON.parse(body).resourceSpans[0].scopeSpans[0].spans)
    response.writeHead(status).end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.closeAllConnections())
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, requests, answers }
}

const attribute = ({ attributes }: ReceivedSpan, name: string) => {
  const { value } = attributes.find(({ key }) => key === name) ?? {}
  return value?.stringValue ?? value?.intValue
}

test('an event is one trace: its acceptance, each attempt at it, each call made in it', async () => {
  const { url, spans, requests } = await collector()
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      server: { listen: '127.0.0.1:0', sandbox: true, town: true },
      telemetry: { otlp: url },
    }),
    'bots/warden.yaml': {
      username: 'warden-bot',
      roles: { moderator: ['alice'] },
      plugins: { warden: { words: ['nope'] } },
    },
  })
  const beadle = await startBeadle(await loadConfig(`${here}/config.yaml`, { env: {} }), silentLog, {
    version: '1.2.3',
  })
  onTestFinished(() => beadle.close(0))
  const jmessage = new JMessage(beadle.serverUrl!)
  const group = 10000001
  await jmessage.say('alice', { group }, '/words')
  await until('it is answered', async () => (await jmessage.texts({ group })).length === 2)
  await until('it is handled', () => beadle.runtime.waiting === 0)
  // What was not sent yet is sent at the end.
  await beadle.close()

  const accepted = spans.find(({ name }) => name === 'accept message.text')!
  const handled = spans.find(({ name }) => name === 'handle message.text')!
  const called = spans.find(({ name }) => name === 'messages.send')!
  const event = attribute(accepted, 'beadle.event.id')!
  expect(event).toMatch(/^[0-9A-Z]{26}$/)
  expect([accepted, handled, called].map(span => attribute(span, 'beadle.event.id'))).toEqual([
    event,
    event,
    event,
  ])
  expect([accepted, handled, called].map(({ traceId }) => traceId)).toEqual(Array(3).fill(hexOf(event)))
  expect([accepted.parentSpanId, handled.parentSpanId, called.parentSpanId]).toEqual([
    undefined,
    accepted.spanId,
    handled.spanId,
  ])
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
  expect(['beadle.bot', 'beadle.plugin', 'beadle.outcome'].map(name => attribute(handled, name))).toEqual([
    ...['warden', 'warden', 'done'],
  ])
  expect(
    ['beadle.endpoint', 'beadle.priority', 'beadle.outcome'].map(name => attribute(called, name)),
  ).toEqual([...['messages.send', 'reply', 'sent']])
  for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
    expect(Math.abs(Number(BigInt(endTimeUnixNano) / 1_000_000n) - Date.now())).toBeLessThan(600_000)
  }

  const [{ path, headers, body }] = requests as [(typeof requests)[0]]
  expect([path, headers['content-type']]).toEqual(['/v1/traces', 'application/json'])
  expect(JSON.parse(body).resourceSpans[0].resource.attributes).toEqual([
    { key: 'service.version', value: { stringValue: '1.2.3' } },
    { key: 'service.name', value: { stringValue: 'beadle' } },
  ])
  // What was said is nobody's business.
  expect(requests.map(({ body }) => body).join()).not.toContain('/words')
})

/** As `traceOf`, in another way. */
const hexOf = (ulid: string): string => {
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  const value = [...ulid].reduce((sum, digit) => sum * 32n + BigInt(digits.indexOf(digit)), 0n)
  return value.toString(16).padStart(32, '0')
}

test('an event and its trace are the same number', () => {
  const makeId = idMaker(() => Date.now())
  for (let i = 0; i < 1000; i++) {
    const id = makeId()
    expect(traceOf(id)).toBe(hexOf(id))
  }
  expect(traceOf('no id of ours')).toMatch(/^[0-9a-f]{32}$/)
})

test('a share of the events is about that share, also of those of one millisecond', () => {
  const makeId = idMaker(() => 1_700_000_000_000)
  const traces = Array.from({ length: 10_000 }, () => traceOf(makeId()))
  const among = traces.filter(trace => isAmong(trace, 0.2))
  expect(among.length / traces.length).toBeGreaterThan(0.15)
  expect(among.length / traces.length).toBeLessThan(0.25)
  expect(traces.every(trace => isAmong(trace, 1))).toBe(true)
  expect(traces.some(trace => isAmong(trace, 0))).toBe(false)
})

const settingsFor = (url: string) => spanSettings(url, '1', {})!

const span = (name: string): Span => ({
  ...{ trace: '0'.repeat(31).concat('1'), id: '0000000000000001', name, kind: 'call' },
  ...{ startAt: 1, endAt: 2, failed: false, attributes: {} },
})

test('a collector that is busy gets the same spans later', async () => {
  const { url, spans, answers, requests } = await collector()
  answers.push(503, 429)
  const clock = new ManualClock()
  const log = captured()
  const sender = new Sender(settingsFor(url), { clock, log })
  sender.add(span('a'))
  sender.add(span('b'))
  await until('they are taken', async () => {
    await clock.advance(5000)
    return spans.length === 2
  })
  expect(spans.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(requests).toHaveLength(3)
  await until('it is known', () => sender.sent === 2)
  expect([sender.sent, sender.dropped]).toEqual([2, 0])
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'spans cannot be sent; Beadle goes on without'],
    ['info', 'spans can be sent again'],
  ])
  await sender.close(0)
})

test('spans that are refused, or too many, are dropped and counted', async () => {
  const { url, answers, requests } = await collector()
  answers.push(400)
  const clock = new ManualClock()
  const sender = new Sender(settingsFor(url), { clock, log: silentLog })
  sender.add(span('refused'))
  await until('it is refused', async () => {
    await clock.advance(5000)
    return sender.dropped === 1
  })
  expect(requests).toHaveLength(1)
  answers.push(...Array<number>(100).fill(503))
  for (let i = 0; i < 10_000; i++) sender.add(span(`${i}`))
  expect(sender.dropped).toBeGreaterThan(5000)
  // A collector that takes nothing does not hold the end up.
  await sender.close(60_000)
  expect(sender.sent + sender.dropped).toBe(10_001)
})

test('a collector that never answers holds the end up for no longer than is granted', async () => {
  const silent = createServer(() => {})
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  onTestFinished(() => void silent.closeAllConnections())
  const clock = new ManualClock()
  const sender = new Sender(settingsFor(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`), {
    clock,
    log: silentLog,
  })
  sender.add(span('never'))
  const closed = sender.close(8000)
  await clock.advance(8000)
  await closed
  expect([sender.sent, sender.dropped]).toEqual([0, 1])
})

test('where spans go is told by config.yaml, or by the variables of OpenTelemetry', () => {
  const read = (env: Record<string, string>, otlp?: string) => spanSettings(otlp, '1', env)
  expect(read({})).toBeUndefined()
  expect(read({}, 'http://a:1')!.url).toBe('http://a:1/v1/traces')
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b:1/' })!.url).toBe('http://b:1/v1/traces')
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b:1' }, 'http://a:1/v1/traces')!.url).toBe(
    'http://a:1/v1/traces',
  )
  expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:1/x' })!.url).toBe('http://c:1/x')
  const all = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b:1',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, other = c=d',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1234',
    OTEL_SERVICE_NAME: 'mine',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  })
  expect(all).toEqual({
    url: 'http://b:1/v1/traces',
    headers: { 'x-key': 'a b', other: 'c=d' },
    timeoutMs: 1234,
    share: 0.25,
    resource: { 'service.version': '1', 'deployment.environment': 'test', 'service.name': 'mine' },
  })
  expect(read({ OTEL_SDK_DISABLED: 'true' }, 'http://a:1')).toBeUndefined()
  expect(read({ OTEL_TRACES_SAMPLER: 'always_off' }, 'http://a:1')).toBeUndefined()
})
