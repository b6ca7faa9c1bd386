import type { Log } from '../../base/log.ts'
import type { Observer } from '../observer.ts'
import type { Lanes } from './lanes.ts'
import type { Entry, Outcome } from './outbox-entry.ts'
import type { OutboxRows } from './outbox-rows.ts'

export interface EndingsOptions {
  readonly log: Log
  readonly observer: Observer
  readonly lanes: Lanes
  readonly rows: OutboxRows
}

/** How calls end that were not made: on disk first, then for everybody who waits for them. */
export class Endings {
  readonly #options: EndingsOptions

  constructor(options: EndingsOptions) {
    this.#options = options
  }

  async failed(entry: Entry, error: Error): Promise<void> {
    const { log, rows } = this.#options
    const { key, event, endpoint, lane, released, priority } = entry
    // Of a broadcast the results tell, target by target.
    if (released && priority !== 'bulk')
      log.error({ call: key, event, endpoint, lane, err: error }, 'a call that had waited was set aside')
    await rows.noteAtLast(entry, 'failed', { error })
    this.end(entry, error)
  }

  async unsure(entry: Entry, error: Error): Promise<void> {
    const { log, rows, observer } = this.#options
    const { key, event, endpoint, lane } = entry
    log.error({ call: key, event, endpoint, lane, err: error }, 'nobody can tell whether a message was sent')
    observer.called(entry, 'unsure', 0, error)
    await rows.noteAtLast(entry, 'unsure', { error })
    this.end(entry, { id: key, state: 'unsure' })
  }

  async cancelled(entry: Entry): Promise<void> {
    await this.#options.rows.noteAtLast(entry, 'cancelled')
    this.end(entry, { id: entry.key, state: 'cancelled' })
  }

  /** Tells everybody that a call has ended. */
  end(entry: Entry, outcome: Outcome | Error): void {
    this.#options.lanes.release(entry)
    entry.end(outcome)
  }
}
