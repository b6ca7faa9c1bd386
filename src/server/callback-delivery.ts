import type { Agent } from 'undici'
import { sleep } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import { CALLBACK_BATCH, HISTORY_KEPT_MS, type MessageCallback } from '../protocol/index.ts'
import type { App } from './apps.ts'
import type { CallbackOptions } from './callback.ts'
import { firstMsgidAt, lastMessage } from './message-ids.ts'
import { messageRecord } from './message-record.ts'
import { callbackCursor, messagesFromUsers, setCallbackCursor } from './queries/callback-queries.ts'

const TIMEOUT_MS = 5000
/** Waits before trying again; the last one repeats until it works. */
const RETRY_MS = [1000, 5000, 25_000]

interface DeliveryOptions extends CallbackOptions {
  readonly app: App
  /** Of all apps. */
  readonly agent: () => Promise<Agent>
}

/**
 * Posts the messages of one app's users, in order, one request at a time. How far it came is kept in the store, so
 * every message arrives at least once, whatever happens to either side.
 */
export class CallbackDelivery {
  readonly #options: DeliveryOptions
  readonly #closing = new AbortController()
  #cursor = 0
  #failures = 0
  #hasNews = false
  #running: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { store, app } = this.#options
    const kept = (await store.read.first(callbackCursor, { app: app.id }))?.callback_msgid
    if (typeof kept === 'number') this.#cursor = kept
    else {
      // A callback that is new hears what is said from now on.
      await this.#advance((await store.read.first(lastMessage, {}))?.msgid ?? 0)
    }
    this.wake()
  }

  wake(): void {
    this.#hasNews = true
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the server is closing'))
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, log, app } = this.#options
    const { signal } = this.#closing
    // Not in the turn of the request that woke it.
    await Promise.resolve()
    while (this.#hasNews && !signal.aborted) {
      this.#hasNews = false
      try {
        while ((await this.#next()) && !signal.aborted);
      } catch (reason) {
        if (signal.aborted) break
        const message = `callback of app ${app.appKey} does not take messages; trying again until it does`
        if (this.#failures === 0) log('warn', message, { reason: asError(reason).message })
        const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] as number
        this.#hasNews = true
        await sleep(clock, wait, signal).catch(() => {})
      }
    }
    this.#running = undefined
  }

  /** Delivers one batch; false when there was none. */
  async #next(): Promise<boolean> {
    const { store, apps, app, clock, log } = this.#options
    const after = Math.max(this.#cursor, firstMsgidAt(clock.now() - HISTORY_KEPT_MS) - 1)
    const rows = await store.read.all(messagesFromUsers, { app: app.id, after, count: CALLBACK_BATCH })
    const last = rows.at(-1)
    if (!last) return false
    await this.#post({ total: rows.length, messages: rows.map(row => messageRecord(apps, row)) })
    if (this.#failures > 0) log('info', `callback of app ${app.appKey} takes messages again`)
    this.#failures = 0
    await this.#advance(last.msgid)
    return true
  }

  async #advance(msgid: number): Promise<void> {
    const { store, app } = this.#options
    await store.write(tx => tx.run(setCallbackCursor, { app: app.id, msgid }))
    this.#cursor = msgid
  }

  async #post(batch: MessageCallback): Promise<void> {
    const { app, clock } = this.#options
    const { origin, pathname, search } = new URL(app.callback as string)
    const agent = await this.#options.agent()
    const late = new AbortController()
    const cancel = clock.after(TIMEOUT_MS, () => late.abort(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    try {
      const answer = await agent.request({
        origin,
        path: `${pathname}${search}`,
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${app.appKey}:${app.masterSecret}`).toString('base64')}`,
          'content-type': 'application/json; charset=utf-8',
        },
        body: JSON.stringify(batch),
        signal: AbortSignal.any([late.signal, this.#closing.signal]),
      })
      await answer.body.dump()
      if (answer.statusCode < 200 || answer.statusCode > 299)
        throw new Error(`it answered ${answer.statusCode}`)
    } finally {
      cancel()
    }
  }
}
