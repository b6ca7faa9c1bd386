import type { Clock } from '../../base/clock.ts'
import type { Delivery, Recipient, StoredEvent } from '../../runtime/events/event.ts'
import type { CallEnd, DeliveryEnd, ObservedCall, Observer } from '../../runtime/observer.ts'
import { Histogram } from './histogram.ts'
import { type Metric, metric, type Sample } from './metric.ts'

/** What is counted for a plugin of a bot. */
class PluginTally {
  readonly ends: Record<DeliveryEnd, number> = { done: 0, retried: 0, dead: 0 }
  readonly handler = new Histogram()
  readonly dispatch = new Histogram()
  readonly cronLag = new Histogram()
  prevented = 0
}

/** What is counted for calls of an endpoint. */
class EndpointTally {
  readonly ends = { reply: emptyEnds(), notice: emptyEnds(), bulk: emptyEnds() }
  readonly took = new Histogram()
}

const emptyEnds = (): Record<CallEnd, number> => ({ sent: 0, waiting: 0, failed: 0, unsure: 0 })

/**
 * Counts what happens. It is told on the hottest path there is, so that all it does is to look for a number and add to
 * it; what Prometheus wants is made of the numbers when it asks.
 */
export class Tallies implements Observer {
  readonly #clock: Clock
  readonly #received = new Map<string, number>()
  readonly #repeated = new Map<string, number>()
  /** By bot, plugin and reason, with `/` in between. */
  readonly #refused = new Map<string, number>()
  /** By bot, and then by plugin, as a key of both would have to be put together each time. */
  readonly #plugins = new Map<string, Map<string, PluginTally>>()
  readonly #endpoints = new Map<string, EndpointTally>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  accepted({ type }: StoredEvent): void {
    this.#received.set(type, (this.#received.get(type) ?? 0) + 1)
  }

  repeated(type: string): void {
    this.#repeated.set(type, (this.#repeated.get(type) ?? 0) + 1)
  }

  refused(webhook: Recipient, reason: string): void {
    const key = `${webhook.bot}/${webhook.plugin}/${reason}`
    this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1)
  }

  started(): void {}

  ended(delivery: Delivery, end: DeliveryEnd, ms: number): void {
    const tally = this.#of(delivery)
    tally.ends[end]++
    tally.handler.add(ms)
    if (end !== 'retried') tally.dispatch.add(this.#clock.now() - delivery.event.createdAt)
  }

  called({ endpoint, priority }: ObservedCall, end: CallEnd, ms: number): void {
    let tally = this.#endpoints.get(endpoint)
    if (!tally) {
      tally = new EndpointTally()
      this.#endpoints.set(endpoint, tally)
    }
    tally.ends[priority][end]++
    tally.took.add(ms)
  }

  fired(schedule: Recipient, lateMs: number): void {
    this.#of(schedule).cronLag.add(lateMs)
  }

  prevented(schedule: Recipient): void {
    this.#of(schedule).prevented++
  }

  #of({ bot, plugin }: Recipient): PluginTally {
    return this.#plugins.get(bot)?.get(plugin) ?? this.#begin(bot, plugin)
  }

  #begin(bot: string, plugin: string): PluginTally {
    const tally = new PluginTally()
    const plugins = this.#plugins.get(bot)
    if (plugins) plugins.set(plugin, tally)
    else this.#plugins.set(bot, new Map([[plugin, tally]]))
    return tally
  }

  /** What was counted, as metrics. */
  metrics(): Metric[] {
    return [
      metric('counter', 'beadle_events_received_total', 'Events that were accepted', () =>
        byType(this.#received),
      ),
      metric('counter', 'beadle_events_repeated_total', 'Events that had come before', () =>
        byType(this.#repeated),
      ),
      metric(
        'counter',
        'beadle_webhooks_refused_total',
        'Calls of webhooks that were refused, by reason',
        () =>
          [...this.#refused].map(([key, value]) => {
            const [bot = '', plugin = '', reason = ''] = key.split('/')
            return { labels: { bot, plugin, reason }, value }
          }),
      ),
      metric('counter', 'beadle_deliveries_total', 'Attempts of plugins at events, by how they ended', () =>
        this.#samples(({ ends }, labels) => byOutcome(ends, labels)),
      ),
      this.#histogram('beadle_handler_seconds', 'How long handlers ran', 'handler'),
      this.#histogram(
        'beadle_dispatch_seconds',
        'From the acceptance of an event to the end of its last attempt',
        'dispatch',
      ),
      this.#histogram('beadle_cron_lag_seconds', 'How late schedules fired', 'cronLag'),
      metric(
        'counter',
        'beadle_cron_prevented_total',
        'Times that schedules did not fire, as their last run had not ended',
        () => this.#samples(({ prevented }, labels) => [{ labels, value: prevented }]),
      ),
      metric('counter', 'beadle_calls_total', 'Requests to JMessage, by how they ended', () => this.#calls()),
      metric('histogram', 'beadle_call_seconds', 'How long requests to JMessage took', () =>
        [...this.#endpoints].flatMap(([endpoint, { took }]) =>
          took.samples('beadle_call_seconds', { endpoint }),
        ),
      ),
    ]
  }

  #histogram(name: string, help: string, which: 'handler' | 'dispatch' | 'cronLag'): Metric {
    return metric('histogram', name, help, () =>
      this.#samples((tally, labels) => tally[which].samples(name, labels)),
    )
  }

  #samples(read: (tally: PluginTally, labels: Sample['labels']) => Sample[]): Sample[] {
    return [...this.#plugins].flatMap(([bot, plugins]) =>
      [...plugins].flatMap(([plugin, tally]) => read(tally, { bot, plugin })),
    )
  }

  #calls(): Sample[] {
    return [...this.#endpoints].flatMap(([endpoint, { ends }]) =>
      Object.entries(ends)
        .filter(([, counts]) => Object.values(counts).some(count => count > 0))
        .flatMap(([priority, counts]) => byOutcome(counts, { endpoint, priority })),
    )
  }
}

const byType = (counts: ReadonlyMap<string, number>): Sample[] =>
  [...counts].map(([type, value]) => ({ labels: { type }, value }))

const byOutcome = (counts: Readonly<Record<string, number>>, labels: Sample['labels']): Sample[] =>
  Object.entries(counts).map(([outcome, value]) => ({ labels: { ...labels, outcome }, value }))
