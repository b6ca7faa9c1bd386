import type { Clock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Client } from '../../client/index.ts'
import type { SendReceipt } from '../../protocol/index.ts'
import { sentMessages } from './marker.ts'
import { type Doubt, type Entry, markerFor } from './outbox-entry.ts'

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
  readonly #open: ReadonlyMap<string, Entry>
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
    readonly open: ReadonlyMap<string, Entry>
  }) {
    this.#settleMs = options.settleMs
    this.#client = options.client
    this.#clock = options.clock
    this.#open = options.open
  }

  /** How long to wait before the history can tell, in ms. */
  pause({ until }: Doubt): number {
    return Math.max(0, until + this.#settleMs - this.#clock.now())
  }

  /**
   * What JMessage said of a message in doubt, if it has it. One look serves all that could be looked up when it began.
   *
   * @throws AppError `outbox.in-doubt` when the history cannot be read, and trying again does not help
   */
  async lookUp(entry: Entry): Promise<SendReceipt | undefined> {
    if (entry.endpoint !== 'messages.send') return undefined
    const { since, until } = entry.doubt!
    let look = this.#looks.get(entry.bot)
    if (!look || look.at < until + this.#settleMs || look.since > since) {
      look = this.#look(entry.bot, since)
      this.#looks.set(entry.bot, look)
    }
    try {
      return (await look.found).get(markerFor(entry.key))
    } catch (thrown) {
      if (this.#looks.get(entry.bot) === look) this.#looks.delete(entry.bot)
      const cause = asError(thrown)
      if (cause instanceof AppError && cause.retry !== 'never') throw cause
      throw new AppError(`it is not known whether the message was sent: ${cause.message}`, {
        code: 'outbox.in-doubt',
        hint: 'Look into the chat; the message history could not be read.',
        cause,
      })
    }
  }

  #look(bot: string, earliest: number): Look {
    const at = this.#clock.now()
    let since = earliest
    for (const { bot: other, doubt } of this.#open.values()) {
      if (doubt && other === bot) since = Math.min(since, doubt.since)
    }
    return { since, at, found: sentMessages(this.#client, { bot, since, now: at }) }
  }
}
