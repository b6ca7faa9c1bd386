import type { Delivery } from '../events/event.ts'

/**
 * One try at handling a delivery. The bot that the handler is given makes its calls as part of it: that is how they get
 * keys by which they are known when the handler runs again.
 */
export class Attempt {
  readonly delivery: Delivery
  /** How often each kind of thing was done; made when it is needed. */
  #ordinals: Map<string, number> | undefined
  #controller: AbortController | undefined
  #over: Error | undefined
  #open = 0
  #idle: (() => void) | undefined

  constructor(delivery: Delivery) {
    this.delivery = delivery
  }

  /** What is known of the calls that the handler makes, before it makes them. */
  get origin(): 'fresh' | 'again' | 'recovered' {
    if (this.delivery.recovered) return 'recovered'
    return this.delivery.attempts > 0 || this.delivery.again ? 'again' : 'fresh'
  }

  /** Has the delivery wait for something that must be on disk before it may count as handled. */
  track(call: Promise<unknown>): void {
    this.#open++
    const done = () => {
      this.#open--
      if (this.#open === 0) this.#idle?.()
    }
    call.then(done, done)
  }

  /** Resolves when nothing is open that was tracked; `undefined` when nothing is. */
  idle(): Promise<void> | undefined {
    if (this.#open === 0) return undefined
    return new Promise(resolve => {
      this.#idle = resolve
    })
  }

  /** Aborted when the time of the handler is up. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#over) this.#controller.abort(this.#over)
    return this.#controller.signal
  }

  /** The time is up: what the handler still does is refused. */
  abort(reason: Error): void {
    this.#over = reason
    this.#controller?.abort(reason)
  }

  /** @throws the reason for which the attempt was aborted, if it was */
  throwIfAborted(): void {
    if (this.#over) throw this.#over
  }

  /** A key for the next thing of this kind that the handler does; the same in every attempt. */
  key(kind: string): string {
    this.#ordinals ??= new Map()
    const ordinal = this.#ordinals.get(kind) ?? 0
    this.#ordinals.set(kind, ordinal + 1)
    const { event, bot, plugin } = this.delivery
    return `${event.id}/${bot}/${plugin}/${kind}#${ordinal}`
  }
}
