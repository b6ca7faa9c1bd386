import { asError } from '../../base/errors.ts'
import type { Delivery, MadeCall } from '../events/event.ts'

/** So many calls are kept with a delivery; those beyond have rows of their own in the outbox. */
const KEPT_CALLS = 16

/**
 * One try at handling a delivery. The bot that the handler is given makes its calls as part of it: that is how they get
 * keys by which they are known when the handler runs again.
 */
export class Attempt {
  readonly #delivery: Delivery
  /** By which the main thread knows it, where it is made in another one. */
  readonly number: number | undefined
  /** How often each kind of thing was done; made when it is needed. */
  #ordinals: Map<string, number> | undefined
  #controller: AbortController | undefined
  #over: Error | undefined
  #open = 0
  /** What came of what was asked for so far; made when it is needed. */
  #outcomes: Map<string, unknown> | undefined
  #idle: (() => void) | undefined
  readonly #keep: (delivery: Delivery, call: MadeCall) => void
  #closed = false
  /** Asked when the time is up: what kept the handler from running, if something did. That is no fault of its own. */
  hindrance: (() => Error | undefined) | undefined

  /** @param keep  keeps a call with its delivery until the outcome is written */
  constructor(delivery: Delivery, keep: (delivery: Delivery, call: MadeCall) => void, number?: number) {
    this.#delivery = delivery
    this.#keep = keep
    this.number = number
  }

  /** What is handled. */
  get delivery(): Delivery {
    return this.#delivery
  }

  /** What is known of the calls that the handler makes, before it makes them. */
  get origin(): 'fresh' | 'again' | 'recovered' {
    if (this.delivery.recovered) return 'recovered'
    return this.delivery.attempts > 0 || this.delivery.again ? 'again' : 'fresh'
  }

  /** A call that an earlier attempt made, and that is kept with the delivery. */
  made(key: string): MadeCall | undefined {
    return this.origin === 'fresh' ? undefined : this.delivery.calls.find(call => call.key === key)
  }

  /** Keeps a call with the delivery. `false` when it has to be noted elsewhere: there are many, or the outcome is out. */
  keep(call: MadeCall): boolean {
    if (this.#closed || this.delivery.calls.length >= KEPT_CALLS) return false
    this.#keep(this.delivery, call)
    return true
  }

  /** The outcome is about to be written. */
  close(): void {
    this.#closed = true
  }

  /**
   * Has the delivery wait for something that must be on disk before it may count as handled.
   *
   * @param key  of the attempt, by which it is found in {@link outcomes}
   */
  track(call: Promise<unknown>, key?: string): void {
    this.#open++
    const done = (outcome: unknown) => {
      if (key !== undefined) this.note(key, outcome)
      this.#open--
      if (this.#open === 0) this.#idle?.()
    }
    call.then(done, thrown => done(asError(thrown)))
  }

  /** Notes what came of something that was asked for under a key of the attempt: an Error, or anything else. */
  note(key: string, outcome: unknown): void {
    this.#outcomes ??= new Map()
    this.#outcomes.set(key, outcome)
  }

  /** What came of what was asked for in this attempt, by its keys. */
  get outcomes(): ReadonlyMap<string, unknown> {
    return this.#outcomes ?? NOTHING
  }

  /** Whether something with this key is known to be done, so that it is not to be asked for again. */
  isDone(_key: string): boolean {
    return false
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
    return `${keyPrefix(this.#delivery)}${kind}#${ordinal}`
  }
}

const NOTHING: ReadonlyMap<string, unknown> = new Map()

/** What the keys of a delivery begin with. */
export const keyPrefix = ({ event, bot, plugin }: Delivery): string => `${event.id}/${bot}/${plugin}/`
