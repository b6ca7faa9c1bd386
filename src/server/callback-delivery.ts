import type { Agent } from 'undici'
import { sleep } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import { untilAborted } from '../base/until-aborted.ts'
import { CALLBACK_BATCH } from '../protocol/index.ts'
import type { App } from './apps.ts'
import type { CallbackOptions } from './callback.ts'
import type { Feed } from './callback-feeds.ts'
import { type Courier, misdeliver } from './sandbox/faults/misdeliver.ts'

const TIMEOUT_MS = 5000
/** Waits before trying again; the last one repeats until it works. */
const RETRY_MS = [1000, 5000, 25_000]

interface DeliveryOptions<Row> extends CallbackOptions {
  readonly app: App
  readonly feed: Feed<Row>
  /** Of all apps. */
  readonly agent: () => Promise<Agent>
  /** Whether it is this process that posts. */
  readonly mayPost?: () => boolean
}

/**
 * Posts a feed to the callback of its app, in order, one request at a time. How far it came is kept in the store, so
 * everything arrives at least once, whatever happens to either side.
 */
export class CallbackDelivery<Row> {
  readonly #options: DeliveryOptions<Row>
  readonly #closing = new AbortController()
  #cursor = 0
  #failures = 0
  #hasNews = false
  #running: Promise<void> | undefined
  #onNews: (() => void) | undefined
  readonly #courier: Courier<Row> = {
    unsent: count => this.#unsent(count),
    post: rows => this.#post(rows),
    listen: () => this.#listen(),
  }

  constructor(options: DeliveryOptions<Row>) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { feed } = this.#options
    const delivered = await feed.delivered()
    if (delivered !== undefined) this.#cursor = delivered
    // A callback that is new hears what happens from now on.
    else await this.#advance(await feed.newest())
    this.wake()
  }

  wake(): void {
    this.#hasNews = true
    this.#onNews?.()
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the server is closing'))
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, log, app, feed } = this.#options
    const { signal } = this.#closing
    // Not in the turn of the request that woke it.
    await Promise.resolve()
    while (this.#hasNews && !signal.aborted) {
      this.#hasNews = false
      try {
        while (this.#mayPost() && (await this.#next()) && !signal.aborted);
      } catch (reason) {
        if (signal.aborted) break
        const message = `callback of app ${app.appKey} does not take ${feed.what}; trying again until it does`
        const about = { reason: asError(reason).message }
        // Once is nothing: whoever takes them may just be starting.
        if (this.#failures === 0) log.debug(about, message)
        if (this.#failures === 1) log.warn(about, message)
        const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] as number
        this.#hasNews = true
        await sleep(clock, wait, signal).catch(() => {})
      }
    }
    this.#running = undefined
  }

  /** Otherwise another process may: it is woken when this one may again. */
  #mayPost(): boolean {
    return this.#options.mayPost?.() ?? true
  }

  /** Delivers one batch; false when there was none. */
  async #next(): Promise<boolean> {
    const { app, log, faults, feed } = this.#options
    let rows: readonly Row[] = await this.#courier.unsent(CALLBACK_BATCH)
    if (rows.length === 0) return false
    const fault = faults?.strikeCallback(app)
    if (fault) rows = await misdeliver(fault, this.#courier)
    else await this.#courier.post(rows)
    if (this.#failures > 1) log.info({}, `callback of app ${app.appKey} takes ${feed.what} again`)
    this.#failures = 0
    const last = rows.at(-1)
    if (last) await this.#advance(feed.numberOf(last))
    return true
  }

  async #advance(upTo: number): Promise<void> {
    await this.#options.feed.setDelivered(upTo)
    this.#cursor = upTo
  }

  #unsent(count: number): Promise<readonly Row[]> {
    return this.#options.feed.after(this.#cursor, count)
  }

  #listen(): (ms: number) => Promise<void> {
    const { clock } = this.#options
    const closing = this.#closing.signal
    let news = new AbortController()
    this.#onNews = () => news.abort()
    return async ms => {
      for (const until = clock.now() + ms; clock.now() < until && !closing.aborted; ) {
        await sleep(clock, until - clock.now(), AbortSignal.any([news.signal, closing])).catch(() => {})
        news = new AbortController()
        // Where several processes share the database it may be woken though nothing came.
        if ((await this.#unsent(2)).length > 1) return
      }
    }
  }

  async #post(rows: readonly Row[]): Promise<void> {
    const { app, clock, feed } = this.#options
    const late = new AbortController()
    const cancel = clock.after(TIMEOUT_MS, () => late.abort(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    try {
      const headers = {
        authorization: `Basic ${Buffer.from(`${app.appKey}:${app.masterSecret}`).toString('base64')}`,
        'content-type': 'application/json; charset=utf-8',
      }
      const signal = AbortSignal.any([late.signal, this.#closing.signal])
      const status = await this.#send({ headers, body: JSON.stringify(feed.body(rows)), signal })
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`)
    } finally {
      cancel()
    }
  }

  /** Posts something; the status of the answer. */
  async #send(what: { headers: Record<string, string>; body: string; signal: AbortSignal }): Promise<number> {
    const { app, agent, fetch } = this.#options
    const url = app.callback as string
    if (fetch) {
      const answered = fetch(new Request(url, { method: 'POST', headers: what.headers, body: what.body }))
      return (await untilAborted(answered, what.signal)).status
    }
    const { origin, pathname, search } = new URL(url)
    const posted = { origin, path: `${pathname}${search}`, method: 'POST', ...what } as const
    const answer = await (await agent()).request(posted)
    await answer.body.dump()
    return answer.statusCode
  }
}
