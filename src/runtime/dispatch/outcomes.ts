import { backoffMs } from '../../base/backoff.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { HeldDelivery } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import type { Crew } from './crew.ts'

export interface OutcomesOptions {
  readonly clock: Clock
  readonly log: Log
  readonly journal: Pick<Journal, 'finish' | 'fail'>
  /** Told once of each: it is written, or was given up as the process ends. */
  readonly settled: (crew: Crew, delivery: HeldDelivery) => void
}

/** How a delivery ended: with an error, if it is set aside. */
interface Outcome {
  readonly crew: Crew
  readonly delivery: HeldDelivery
  readonly error: Error | undefined
}

/** Waits between the attempts at writing, in ms. */
const RETRY = { firstMs: 500, longestMs: 15_000 }

/**
 * Sees to it that it is written how deliveries ended: what the store refuses is tried again until it takes it, one of
 * them first, and all others when that one is written. Handlers are not run again for it.
 */
export class Outcomes {
  readonly #options: OutcomesOptions
  #refused: Outcome[] = []
  #failures = 0
  #cancel: Cancel | undefined
  #stopping = false
  #gaveUp = false

  constructor(options: OutcomesOptions) {
    this.#options = options
  }

  note(crew: Crew, delivery: HeldDelivery, error?: Error): void {
    this.#write(delivery, error).then(
      () => this.#options.settled(crew, delivery),
      refusal => this.#refusedBy(refusal, { crew, delivery, error }),
    )
  }

  /** Tries what was refused once more, and nothing again after that. */
  stop(): void {
    this.#stopping = true
    this.#cancel?.()
    const refused = this.#refused
    this.#refused = []
    for (const { crew, delivery, error } of refused) this.note(crew, delivery, error)
  }

  #write(delivery: HeldDelivery, error: Error | undefined): Promise<unknown> {
    const { journal } = this.#options
    return error ? journal.fail(delivery, error) : journal.finish(delivery)
  }

  #refusedBy(err: unknown, outcome: Outcome): void {
    const { log, settled } = this.#options
    const { crew, delivery } = outcome
    const about = { err, event: delivery.event.id, bot: crew.bot, plugin: crew.plugin }
    if (this.#stopping) {
      // It stays pending, and the next start hands it over again; sends it made are known by their keys.
      if (!this.#gaveUp) log.error(about, 'outcomes of deliveries could not be noted; they come again')
      this.#gaveUp = true
      return void settled(crew, delivery)
    }
    this.#refused.push(outcome)
    if (this.#failures > 0) return
    log.error(about, 'the outcome of a delivery could not be noted; it is tried again')
    this.#wait()
  }

  #wait(): void {
    this.#failures++
    this.#cancel = this.#options.clock.after(backoffMs(this.#failures, RETRY), () => void this.#retry())
  }

  async #retry(): Promise<void> {
    const { delivery, error } = this.#refused[0]!
    const written = await this.#write(delivery, error).then(
      () => true,
      () => false,
    )
    // Then stop() has taken them all.
    if (this.#stopping) return
    if (!written) return this.#wait()
    const [first, ...others] = this.#refused
    this.#refused = []
    this.#failures = 0
    this.#options.log.info({ outcomes: others.length + 1 }, 'outcomes of deliveries can be noted again')
    this.#options.settled(first!.crew, first!.delivery)
    for (const { crew, delivery, error } of others) this.note(crew, delivery, error)
  }
}
