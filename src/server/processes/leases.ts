import { type Cancel, systemClock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { change, type Store } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import { notifyAll } from '../queries/news-queries.ts'
import { freeLeases, takeLease } from '../queries/node-queries.ts'
import { LEASES } from '../queries/numbers.ts'

/** So often a lease is renewed, or tried to be taken. */
const RENEW_MS = 1500
/** How long a lease lasts that is not renewed; whoever has it lets go a second before. */
const LEASE_MS = 6000
const HELD_MS = LEASE_MS - 1000

/** Something that one process does at a time. */
export interface Duty {
  readonly name: string
  /** This process does it from now on; called again whenever that was confirmed. */
  held(): void
  /** Another process may do it. */
  lost(): void
}

interface Held {
  /** By `performance.now()`. */
  until: number
  cancel: Cancel
}

/** Shares duties among processes: each is one's, for as long as that lives. */
export class Leases {
  readonly #store: Store<ImDatabase>
  readonly #node: number
  readonly #log: Log
  readonly #held = new Map<Duty, Held>()
  #duties: readonly Duty[] = []
  #stop: Cancel | undefined
  #renewing: Promise<void> | undefined
  #closed = false

  constructor(options: { store: Store<ImDatabase>; node: number; log: Log }) {
    this.#store = options.store
    this.#node = options.node
    this.#log = options.log
  }

  /** By whom a lease is held, for statements that are to change nothing once it is lost. */
  get node(): number {
    return this.#node
  }

  /** Takes those that are free; the others when they become so. */
  async start(duties: readonly Duty[]): Promise<void> {
    this.#duties = duties
    await this.renew()
  }

  isHeld(duty: Duty): boolean {
    const held = this.#held.get(duty)
    return held !== undefined && performance.now() < held.until
  }

  /** Tries at once, and goes on with that. Never rejects. */
  async renew(): Promise<void> {
    if (this.#closed || this.#duties.length === 0) return
    this.#stop?.()
    this.#renewing ??= this.#renew()
    await this.#renewing
  }

  /** Lets go of all. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stop?.()
    await this.#renewing
    for (const { cancel } of this.#held.values()) cancel()
    this.#held.clear()
    const free = [change(freeLeases, { node: this.#node }), change(notifyAll, { payload: LEASES })]
    await this.#store.apply(...free).catch(() => {})
  }

  async #renew(): Promise<void> {
    const duties = this.#duties
    const begun = performance.now()
    try {
      const taken = await this.#store.apply(
        ...duties.map(({ name }) => change(takeLease, { name, node: this.#node, forMs: LEASE_MS })),
      )
      for (const [i, duty] of duties.entries()) {
        if (taken[i] === 1) this.#hold(duty, begun + HELD_MS)
        else this.#lose(duty)
      }
    } catch (reason) {
      this.#log.debug({ reason: asError(reason).message }, 'leases cannot be renewed; trying again')
    }
    this.#renewing = undefined
    if (!this.#closed) this.#stop = systemClock.after(RENEW_MS, () => void this.renew())
  }

  #hold(duty: Duty, until: number): void {
    // It took too long to hear of it.
    if (this.#closed || performance.now() >= until) return
    this.#held.get(duty)?.cancel()
    const cancel = systemClock.after(until - performance.now(), () => this.#lose(duty))
    this.#held.set(duty, { until, cancel })
    duty.held()
  }

  #lose(duty: Duty): void {
    const held = this.#held.get(duty)
    if (!held) return
    held.cancel()
    this.#held.delete(duty)
    duty.lost()
  }
}
