import type { Clock } from '../../../base/clock.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import type { Recipient } from '../../events/event.ts'
import { mayHoldMore } from '../../sharing.ts'
import { isReply, type Reply, replyWithError } from './reply.ts'

/** So many callers wait at the same time; others are answered at once that their calls are taken. */
const MOST_CALLERS = 1000
/** So many events that have not ended are known, so that who calls again may wait, too; beyond, the oldest are forgotten. */
const MOST_EVENTS = 10_000

/** An event whose end somebody waits for, or may. */
interface Awaited {
  readonly recipient: Recipient
  readonly callers: Set<(reply: Reply | undefined) => void>
  /** Who called first has come to wait. */
  isClaimed: boolean
  /** What the handler has answered, once an attempt came to its end. */
  reply: Reply | undefined
  hasEnded: boolean
}

export interface WaitsOptions {
  readonly clock: Clock
  /** Whether several apps share the places. */
  readonly isShared?: boolean
  readonly mostCallers?: number
  readonly mostEvents?: number
}

/** Callers of webhooks that wait for what comes of their calls. Nothing of it is kept beyond the end of an event. */
export class Waits {
  readonly #options: WaitsOptions
  /** By the ids of events, the oldest first. */
  readonly #events = new Map<string, Awaited>()
  readonly #byOwner = new Map<string, number>()
  #callers = 0
  #isOver = false

  constructor(options: WaitsOptions) {
    this.#options = options
  }

  /** Callers that wait now. */
  get callers(): number {
    return this.#callers
  }

  /** An event is about to be accepted, and whoever called waits for its end next: it may end before that. */
  begin(event: string, recipient: Recipient): void {
    if (this.#isOver) return
    const { mostEvents = MOST_EVENTS } = this.#options
    if (this.#events.size >= mostEvents) this.#forgetOldest()
    const callers = new Set<(reply: Reply | undefined) => void>()
    this.#events.set(event, { recipient, callers, isClaimed: false, reply: undefined, hasEnded: false })
  }

  /** An event that was begun is none: it was not accepted, or repeats another. */
  forget(event: string): void {
    this.#events.delete(event)
  }

  /**
   * Waits for the end of an event, for at most `ms`.
   *
   * @param owner  the appKey of its app
   * @returns undefined when that takes longer, nothing is known of the event any more, or too many wait
   */
  wait(event: string, owner: string, ms: number): Promise<Reply | undefined> | undefined {
    const awaited = this.#events.get(event)
    if (!awaited) return undefined
    awaited.isClaimed = true
    if (awaited.hasEnded) {
      this.#events.delete(event)
      return Promise.resolve(awaited.reply)
    }
    const { clock, isShared = false, mostCallers = MOST_CALLERS } = this.#options
    if (!mayHoldMore(this.#byOwner.get(owner) ?? 0, this.#callers, mostCallers, isShared)) return undefined
    return new Promise(resolve => {
      const end = (reply: Reply | undefined) => {
        cancel()
        awaited.callers.delete(end)
        this.#count(owner, -1)
        resolve(reply)
      }
      const cancel = clock.after(ms, () => end(undefined))
      awaited.callers.add(end)
      this.#count(owner, 1)
    })
  }

  /** Follows an attempt at an event: what its handler answers is what is answered, if the attempt succeeds. */
  follow(attempt: Attempt, handled: unknown): unknown {
    if (this.#events.size === 0) return handled
    const { event, bot, plugin } = attempt.delivery
    const awaited = this.#of(event.id, { bot, plugin })
    if (!awaited) return handled
    return Promise.resolve(handled).then(reply => {
      awaited.reply = isReply(reply) ? reply : undefined
    })
  }

  /** A delivery ended for good: it was handled, or set aside with an error. */
  ended(event: string, recipient: Recipient, error?: Error): void {
    if (this.#events.size === 0) return
    const awaited = this.#of(event, recipient)
    if (!awaited) return
    if (error) awaited.reply = replyWithError(500, 'webhook.failed', FAILED, event)
    awaited.hasEnded = true
    for (const end of [...awaited.callers]) end(awaited.reply)
    if (awaited.isClaimed) this.#events.delete(event)
  }

  /** Answers all who wait that their calls are taken, and whoever would wait from now on. */
  stop(): void {
    this.#isOver = true
    for (const { callers } of [...this.#events.values()]) for (const end of [...callers]) end(undefined)
    this.#events.clear()
  }

  #of(event: string, { bot, plugin }: Recipient): Awaited | undefined {
    const awaited = this.#events.get(event)
    return awaited?.recipient.bot === bot && awaited.recipient.plugin === plugin ? awaited : undefined
  }

  #forgetOldest(): void {
    for (const [event, { callers }] of this.#events) {
      if (callers.size > 0) continue
      this.#events.delete(event)
      return
    }
  }

  #count(owner: string, by: number): void {
    this.#callers += by
    const left = (this.#byOwner.get(owner) ?? 0) + by
    if (left > 0) this.#byOwner.set(owner, left)
    else this.#byOwner.delete(owner)
  }
}

const FAILED =
  'the plugin could not handle the call, and it was set aside; whoever runs the bot finds it by its event_id'
