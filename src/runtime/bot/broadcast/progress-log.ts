import type { Clock } from '../../../base/clock.ts'
import { formatDuration } from '../../../base/duration.ts'
import type { Log } from '../../../base/log.ts'
import type { BroadcastProgress } from './broadcast.ts'
import type { BroadcastRow } from './broadcast-rows.ts'

const EVERY_MS = 30_000
/** A line for every so many parts of the whole, too. */
const PARTS = 10

interface Told {
  at: number
  /** Targets that were over since the last line. */
  since: number
}

/** Tells the log how far broadcasts are: every half a minute and every tenth, as long as they get on. */
export class ProgressLog {
  readonly #clock: Clock
  readonly #log: Log
  readonly #progressOf: (id: string) => Promise<BroadcastProgress>
  readonly #told = new Map<string, Told>()

  constructor(clock: Clock, log: Log, progressOf: (id: string) => Promise<BroadcastProgress>) {
    this.#clock = clock
    this.#log = log
    this.#progressOf = progressOf
  }

  begun({ id, bot, event_id, title, total }: BroadcastRow, estimateMs: number): void {
    const event = event_id === null ? {} : { event: event_id }
    const fields = { broadcast: id, bot, ...event, title, total, estimate: formatDuration(estimateMs) }
    this.#log.info(fields, 'a broadcast was begun')
  }

  /** A target is over. */
  noted(id: string, bot: string, total: number): void {
    const now = this.#clock.now()
    const told = this.#told.get(id) ?? { at: now, since: 0 }
    this.#told.set(id, told)
    told.since++
    if (told.since < total / PARTS && now - told.at < EVERY_MS) return
    told.at = now
    told.since = 0
    void this.#tell(id, bot)
  }

  ended(id: string): void {
    this.#told.delete(id)
  }

  async #tell(id: string, bot: string): Promise<void> {
    try {
      const told = this.#told.get(id)
      const progress = await this.#progressOf(id)
      // It may have been told of its end meanwhile.
      if (progress.endedAt === undefined && this.#told.get(id) === told)
        this.#log.info({ broadcast: id, bot, ...progress }, 'a broadcast goes on')
    } catch (err) {
      this.#log.warn({ err, broadcast: id, bot }, 'how far a broadcast is cannot be read')
    }
  }
}
