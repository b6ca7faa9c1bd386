import type { Clock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Client } from '../../client/index.ts'
import type { SendReceipt } from '../../protocol/index.ts'
import { markerFor, seenSince, sentMessages } from './marker.ts'
import type { OpenCalls } from './open-calls.ts'
import type { Doubt, Entry } from './outbox-entry.ts'
import { inDoubt } from './outbox-errors.ts'
import type { OutboxRows } from './outbox-rows.ts'

interface Look {
  /** How far back it reaches, and when it began: epoch ms. */
  readonly since: number
  readonly at: number
  readonly found: Promise<ReadonlyMap<string, SendReceipt>>
}

/** Finds out whether messages were sent whose answers were lost. */
export class Doubts {
  readonly #client: Client
  readonly #clock: Clock
  readonly #settleMs: number
  readonly #open: OpenCalls
  readonly #rows: OutboxRows
  /** The last look into the history, by bot. */
  readonly #looks = new Map<string, Look>()

  /**
   * @param options.settleMs  how long JMessage may still be at work on a request whose answer was lost
   * @param options.open  the calls that have not ended, among them those in doubt
   */
  constructor(options: {
    readonly client: Client
    readonly clock: Clock
    readonly settleMs: number
    readonly open: OpenCalls
    readonly rows: OutboxRows
  }) {
    this.#settleMs = options.settleMs
    this.#client = options.client
    this.#clock = options.clock
    this.#open = options.open
    this.#rows = options.rows
  }

  /** How long to wait before the history can tell, in ms. */
  pause({ until }: Doubt): number {
    return Math.max(0, until + this.#settleMs - this.#clock.now())
  }

  /** Whether the history reaches back to where a doubt begins. */
  isWithinReach({ since }: Doubt): boolean {
    return since >= seenSince(this.#clock.now())
  }

  /**
   * What JMessage said of a message in doubt; `absent` when it does not have it, so that it can be made; an error that
   * says why nobody can tell. One look serves all that could be looked up when it began.
   *
   * @throws AppError when the history cannot be read just now
   */
  async lookUp(entry: Entry): Promise<SendReceipt | 'absent' | AppError> {
    const found = await this.#found(entry)
    // The history does not have those that were taken back since.
    return found === 'absent' ? ((await this.#rows.takenBack(entry)) ?? found) : found
  }

  async #found(entry: Entry): Promise<SendReceipt | 'absent' | AppError> {
    const { since, until } = entry.doubt!
    let look = this.#looks.get(entry.bot)
    if (!look || look.at < until + this.#settleMs || look.since > since) {
      look = this.#look(entry.bot, since)
      this.#looks.set(entry.bot, look)
    }
    try {
      const receipt = (await look.found).get(markerFor(entry.key))
      if (receipt) return receipt
      return since >= seenSince(look.at)
        ? 'absent'
        : inDoubt(new Error('the history does not reach back so far'))
    } catch (thrown) {
      if (this.#looks.get(entry.bot) === look) this.#looks.delete(entry.bot)
      const cause = asError(thrown)
      if (cause instanceof AppError && cause.retry !== 'never') throw cause
      return inDoubt(cause)
    }
  }

  #look(bot: string, earliest: number): Look {
    const at = this.#clock.now()
    let since = earliest
    for (const { bot: other, doubt } of this.#open.others) {
      if (doubt && other === bot) since = Math.min(since, doubt.since)
    }
    return { since, at, found: sentMessages(this.#client, { bot, since, now: at }) }
  }
}
