import { backoffMs } from '../../base/backoff.ts'
import { type Cancel, type Clock, sleep } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { requestOf, type Span } from './otlp.ts'
import type { SpanSettings } from './settings.ts'

/** Spans that wait at most; what is beyond is dropped. */
const MOST_WAITING = 4096
/** Spans of one request. */
const BATCH = 512
const EVERY_MS = 2000
/** How often a request is made before its spans are dropped. */
const TRIES = 5
/** The receiver is busy, or what is before it: it may take the same request later. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Sends spans away, in batches and in the background. It never keeps anybody waiting: what is too much is dropped. */
export class Sender {
  readonly #settings: SpanSettings
  readonly #clock: Clock
  readonly #log: Log
  #waiting: Span[] = []
  #cancel: Cancel | undefined
  #sending: Promise<void> | undefined
  #request: AbortController | undefined
  /** Aborted at the end: from then on nothing is tried twice. */
  readonly #closing = new AbortController()
  /** Nothing is sent any more. */
  #isOver = false
  #isFailing = false
  sent = 0
  dropped = 0

  constructor(settings: SpanSettings, { clock, log }: { clock: Clock; log: Log }) {
    this.#settings = settings
    this.#clock = clock
    this.#log = log
  }

  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING || this.#isOver) return void this.dropped++
    this.#waiting.push(span)
    if (this.#waiting.length >= BATCH) this.#begin()
    else this.#arm()
  }

  /** Sends what waits, for at most `graceMs`; then nothing more is sent. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort()
    const cancel = this.#clock.after(graceMs, () => {
      this.#isOver = true
      this.#request?.abort(new Error('shutting down'))
    })
    this.#begin()
    await this.#sending
    cancel()
    this.#isOver = true
    this.dropped += this.#waiting.splice(0).length
  }

  #arm(): void {
    if (!this.#sending) this.#cancel ??= this.#clock.after(EVERY_MS, () => this.#begin())
  }

  #begin(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
      if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#arm()
    })
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isOver) await this.#send(this.#waiting.splice(0, BATCH))
  }

  async #send(spans: readonly Span[]): Promise<void> {
    const body = requestOf(spans, this.#settings.resource)
    for (let tries = 1; ; tries++) {
      const failure = await this.#post(body)
      if (!failure) {
        this.sent += spans.length
        return this.#works()
      }
      this.#fails(failure.reason)
      if (!failure.again || tries >= TRIES || this.#closing.signal.aborted) break
      await this.#pause(tries)
    }
    this.dropped += spans.length
  }

  /** @returns what went wrong, if something did */
  async #post(body: string): Promise<{ reason: string; again: boolean } | undefined> {
    const { url, headers, timeoutMs } = this.#settings
    const request = new AbortController()
    this.#request = request
    const giveUp = () => request.abort(new Error(`no answer within ${timeoutMs} ms`))
    AbortSignal.timeout(timeoutMs).addEventListener('abort', giveUp, { once: true })
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal: request.signal,
      })
      await response.body?.cancel()
      if (response.ok) return undefined
      return { reason: `it answered with HTTP ${response.status}`, again: BUSY.has(response.status) }
    } catch (thrown) {
      const { message, cause } = asError(thrown)
      return { reason: cause === undefined ? message : `${message}: ${asError(cause).message}`, again: true }
    }
  }

  #pause(tries: number): Promise<void> {
    const ms = backoffMs(tries, { firstMs: 1000, longestMs: 30_000 })
    return sleep(this.#clock, ms, this.#closing.signal).catch(() => {})
  }

  #works(): void {
    if (this.#isFailing) this.#log.info({ dropped: this.dropped }, 'spans can be sent again')
    this.#isFailing = false
  }

  /** Told once, and not for every batch. */
  #fails(reason: string): void {
    if (this.#isFailing || this.#isOver) return
    this.#isFailing = true
    const hint = 'Check telemetry.otlp in config.yaml (or OTEL_EXPORTER_OTLP_ENDPOINT) and that it listens.'
    this.#log.warn({ reason, hint }, 'spans cannot be sent; Beadle goes on without')
  }
}
