import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import { ApiError } from '../../client/index.ts'
import type { Delivery, Recipient, StoredEvent } from '../../runtime/events/event.ts'
import type { CallEnd, DeliveryEnd, ObservedCall, Observer } from '../../runtime/observer.ts'
import { isAmong, newSpan, newTrace, rootSpanOf, traceOf } from './ids.ts'
import type { Span } from './otlp.ts'

/** Attempts whose spans are known to the calls that are made in them, at most. */
const MOST_RUNNING = 10_000

/** Makes spans of what happens: one trace an event, in it a span for each attempt at it, in that its calls. */
export class Spans implements Observer {
  readonly #clock: Clock
  readonly #share: number
  readonly #add: (span: Span) => void
  /** Spans of the attempts that run, by the beginning of the keys of their calls. */
  readonly #running = new Map<string, string>()

  /** @param share  of the events, of which spans are made: 0 to 1 */
  constructor(options: { clock: Clock; share: number; add: (span: Span) => void }) {
    this.#clock = options.clock
    this.#share = options.share
    this.#add = options.add
  }

  accepted({ id, type, createdAt }: StoredEvent, recipients: readonly Recipient[]): void {
    const trace = this.#traceOf(id)
    if (trace === undefined) return
    this.#add({
      trace,
      id: rootSpanOf(trace),
      name: `accept ${type}`,
      kind: 'acceptance',
      startAt: createdAt,
      endAt: this.#clock.now(),
      failed: false,
      attributes: {
        'beadle.event.id': id,
        'beadle.event.type': type,
        'beadle.recipients': recipients.length,
      },
    })
  }

  repeated(): void {}

  refused(): void {}

  started(delivery: Delivery): void {
    if (this.#running.size < MOST_RUNNING) this.#running.set(attemptOf(delivery), newSpan())
  }

  ended(delivery: Delivery, end: DeliveryEnd, ms: number, error?: Error): void {
    const attempt = attemptOf(delivery)
    const id = this.#running.get(attempt) ?? newSpan()
    this.#running.delete(attempt)
    const { event, bot, plugin, attempts } = delivery
    const trace = this.#traceOf(event.id)
    if (trace === undefined) return
    this.#add({
      ...{ trace, id, parent: rootSpanOf(trace) },
      name: `handle ${event.type}`,
      kind: 'handling',
      ...this.#period(ms),
      failed: error !== undefined,
      attributes: {
        'beadle.event.id': event.id,
        'beadle.event.type': event.type,
        'beadle.bot': bot,
        'beadle.plugin': plugin,
        'beadle.failures': attempts,
        'beadle.outcome': end,
        'error.type': typeOf(error),
      },
    })
  }

  called(call: ObservedCall, end: CallEnd, ms: number, error?: Error): void {
    const { key, bot, event, endpoint, priority } = call
    const trace = event === null ? newTrace() : this.#traceOf(event)
    if (trace === undefined || !isAmong(trace, this.#share)) return
    this.#add({
      ...{ trace, id: newSpan() },
      // What is made after the handler has gone on belongs to the event alone.
      parent: event === null ? undefined : (this.#running.get(beginningOf(key)) ?? rootSpanOf(trace)),
      name: endpoint,
      kind: 'call',
      ...this.#period(ms),
      failed: error !== undefined,
      attributes: {
        'beadle.event.id': event ?? undefined,
        'beadle.username': bot,
        'beadle.endpoint': endpoint,
        'beadle.priority': priority,
        'beadle.outcome': end,
        'error.type': typeOf(error),
        ...(error instanceof ApiError
          ? { 'http.response.status_code': error.status, 'jmessage.code': error.jmCode }
          : {}),
      },
    })
  }

  fired(): void {}

  prevented(): void {}

  /** The trace of an event, if spans are made of it. */
  #traceOf(event: string): string | undefined {
    const trace = traceOf(event)
    return isAmong(trace, this.#share) ? trace : undefined
  }

  #period(ms: number) {
    const endAt = this.#clock.now()
    return { startAt: endAt - ms, endAt }
  }
}

const attemptOf = ({ event, bot, plugin }: Delivery): string => `${event.id}/${bot}/${plugin}`

/** Keys of calls begin with event, bot and plugin, if they are made in an attempt. */
const beginningOf = (key: string): string => key.split('/', 3).join('/')

/** Never the message of an error, which may say what was said. */
const typeOf = (error: Error | undefined): string | undefined =>
  error instanceof AppError ? error.code : error?.name
