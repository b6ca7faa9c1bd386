import { asError } from '../../../base/errors.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import type { Reply } from '../../sources/webhook/reply.ts'
import { carry } from './carried-error.ts'
import { PluginInterrupted } from './interrupted.ts'
import type { ToThread } from './wire.ts'

/** An attempt that is made in the thread, or waits for it. */
interface Entry {
  readonly id: number
  readonly attempt: Attempt
  readonly resolve: (reply?: Reply) => void
  readonly reject: (error: Error) => void
  /** Whether it had to wait for the thread first. */
  readonly late: boolean
  sent: boolean
}

/** The attempts that a thread makes, or that wait for it, by numbers that rise. */
export class RemoteAttempts {
  readonly #tell: (message: ToThread) => void
  readonly #begun: () => number
  /** In the order in which they came. */
  readonly #entries = new Map<number, Entry>()
  #ids = 0
  #onIdle = () => {}

  /** @param begun  attempts up to this number were begun by the thread */
  constructor(tell: (message: ToThread) => void, begun: () => number) {
    this.#tell = tell
    this.#begun = begun
  }

  /** Has one made, at once or by {@link sendAll}. Resolves when its handler is done, with what it answers a caller that waits. */
  add(attempt: Attempt, atOnce: boolean): Promise<Reply | undefined> {
    return new Promise((resolve, reject) => {
      const entry: Entry = { id: ++this.#ids, attempt, resolve, reject, late: !atOnce, sent: false }
      this.#entries.set(entry.id, entry)
      // One that had to wait before is hindered by that.
      attempt.hindrance ??= () => this.#hindranceOf(entry)
      attempt.signal.addEventListener('abort', () => this.#abort(entry), { once: true })
      if (atOnce) this.#send(entry)
    })
  }

  /**
   * One that is being made; also when its time is up, until the thread has heard of it, so that what its handler asked
   * for meanwhile is refused.
   */
  find(id: number | undefined): Attempt | undefined {
    return id === undefined ? undefined : this.#entries.get(id)?.attempt
  }

  sendAll(): void {
    for (const entry of this.#entries.values()) this.#send(entry)
  }

  end(id: number, error?: Error, reply?: Reply): void {
    const entry = this.#entries.get(id)
    this.#entries.delete(id)
    if (error) entry?.reject(error)
    else entry?.resolve(reply)
    this.#lookIdle()
  }

  endAll(error: Error): void {
    for (const id of [...this.#entries.keys()]) this.end(id, error)
  }

  /**
   * The thread ended with an error. Who was running is at fault, or, where that is not known, may be each of those that
   * were begun. What it has not come to is for the next thread.
   *
   * @returns whether any of them fails for it
   */
  threadEnded(
    { running, begun }: { readonly running: number; readonly begun: number },
    error: Error,
  ): boolean {
    let isBlamed = false
    for (const entry of [...this.#entries.values()]) {
      if (entry.attempt.signal.aborted) this.end(entry.id, error)
      else if (!entry.sent || entry.id > begun) entry.sent = false
      else if (running === 0 || running === entry.id) {
        isBlamed = true
        this.end(entry.id, error)
      } else this.end(entry.id, new PluginInterrupted(`another handler of it was at fault: ${error.message}`))
    }
    return isBlamed
  }

  /** Calls back when no handler runs whose time is not up. */
  idle(callBack: () => void): void {
    this.#onIdle = callBack
    this.#lookIdle()
  }

  /** The time in which there is no thread, or one that is stuck in another handler, is not taken from the handler's. */
  #hindranceOf({ id, late, sent }: Entry): Error | undefined {
    if (!late && sent && id <= this.#begun()) return undefined
    return new PluginInterrupted('its time was up before its thread had come to it, or soon after')
  }

  #send(entry: Entry): void {
    entry.sent = true
    const { event, bot, plugin, attempts, again, recovered, partition, calls, dialogue } =
      entry.attempt.delivery
    const delivery = { event, bot, plugin, attempts, again, recovered, partition, calls, dialogue }
    this.#tell({ type: 'handle', id: entry.id, delivery })
  }

  #abort({ id, sent, attempt }: Entry): void {
    if (!this.#entries.has(id)) return
    const reason = asError(attempt.signal.reason)
    if (sent) this.#tell({ type: 'abort', id, reason: carry(reason) })
    else this.end(id, reason)
    this.#lookIdle()
  }

  #lookIdle(): void {
    for (const { sent, attempt } of this.#entries.values()) if (sent && !attempt.signal.aborted) return
    this.#onIdle()
  }
}
