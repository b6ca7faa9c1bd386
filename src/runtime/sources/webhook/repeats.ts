import type { Clock } from '../../../base/clock.ts'
import type { Accepted, Journal } from '../../events/journal.ts'
import { noObserver, type Observer } from '../../observer.ts'
import { type DedupeRule, dedupeByBody, dedupeById, hashOf, IDEMPOTENCY_KEY } from './dedupe.ts'
import { RecentBodies } from './recent-bodies.ts'

export interface RepeatsOptions {
  readonly journal: Pick<Journal, 'byDedupe' | 'byDedupeRange'>
  readonly clock: Clock
  /** Of the hashes of bodies. */
  readonly bodyKey: Buffer
  readonly observer?: Observer | undefined
  /** Whether other processes take calls of the same webhooks. Default: no. */
  readonly isShared?: boolean | undefined
}

/** A call of a webhook, found to be right. */
export interface Call {
  readonly path: string
  readonly rule: DedupeRule
  readonly header: (name: string) => string | undefined
  /** The body as it arrived. */
  readonly bytes: Buffer
  /** Accepts the call as an event with this `dedupe`. */
  readonly accept: (dedupe: string | undefined) => Promise<Accepted>
  /** Whether an event was made of the same body. */
  readonly isSame: (eventData: string) => boolean
}

/** What became of a call. */
export interface Taken extends Accepted {
  /** Its key was used before, with another body. */
  readonly otherBody?: boolean
}

/** Knows calls of webhooks that come again: by their ids for as long as events are kept, else by their bodies for a while. */
export class Repeats {
  readonly #options: RepeatsOptions
  readonly #observer: Observer
  readonly #startedAt: number
  readonly #recent = new Map<string, RecentBodies>()

  constructor(options: RepeatsOptions) {
    this.#options = options
    this.#observer = options.observer ?? noObserver
    this.#startedAt = options.clock.now()
  }

  /** Accepts a call, unless it was accepted before. */
  take(call: Call): Promise<Taken> {
    for (const name of call.rule.headers) {
      const id = call.header(name)?.trim()
      if (id) return this.#takeById(call, name, id)
    }
    return call.rule.windowMs > 0 ? this.#takeByBody(call) : call.accept(undefined)
  }

  async #takeById({ path, accept, isSame }: Call, header: string, id: string): Promise<Taken> {
    const dedupe = dedupeById(path, id, this.#options.bodyKey)
    const taken = await accept(dedupe)
    // The ids of senders name a delivery, whose body may tell how often it was tried.
    if (!taken.repeated || header !== IDEMPOTENCY_KEY) return taken
    const former = await this.#options.journal.byDedupe(dedupe)
    return { ...taken, otherBody: former !== undefined && !isSame(former.text) }
  }

  #takeByBody(call: Call): Promise<Taken> {
    const { path, rule, bytes } = call
    const now = this.#options.clock.now()
    let recent = this.#recent.get(path)
    if (recent?.windowMs !== rule.windowMs) {
      recent = new RecentBodies(rule.windowMs)
      this.#recent.set(path, recent)
    }
    const hash = hashOf(this.#options.bodyKey, bytes)
    const former = recent.get(hash, now)
    if (former) {
      return former.then(({ id }) => {
        this.#observer.repeated('webhook')
        return { id, repeated: true }
      })
    }
    const taken = this.#acceptByBody(call, hash, now)
    recent.add(hash, now, taken)
    return taken
  }

  async #acceptByBody({ path, rule, accept }: Call, hash: string, now: number): Promise<Taken> {
    // What other processes accepted, or earlier ones, is looked up; of this one's, all are at hand.
    if (this.#options.isShared || now - this.#startedAt < rule.windowMs) {
      const from = dedupeByBody(path, hash, now - rule.windowMs + 1)
      const former = await this.#options.journal.byDedupeRange(from, dedupeByBody(path, hash, now))
      if (former) {
        this.#observer.repeated('webhook')
        return { id: former.id, repeated: true }
      }
    }
    return accept(dedupeByBody(path, hash, now))
  }
}
