import { AppError, asError } from '../../base/errors.ts'
import type { Delivery } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import { Attempt } from './attempt.ts'
import type { BusyMark } from './busy.ts'
import type { Crew } from './crew.ts'

export interface TriesOptions {
  /** Handles a delivery. The attempt is aborted when its time is up; what is done afterwards is not waited for. */
  readonly handle: (attempt: Attempt) => unknown
  readonly journal: Pick<Journal, 'keep'>
  readonly busy: BusyMark
}

/** Has deliveries handled, each attempt within its time. */
export class Tries {
  readonly #options: TriesOptions
  readonly #keep: ConstructorParameters<typeof Attempt>[1]

  constructor(options: TriesOptions) {
    this.#options = options
    this.#keep = (delivery, call) => options.journal.keep(delivery, call)
  }

  /** Has a delivery handled. `end` is called once: with the error, if there was one. */
  make(crew: Crew, delivery: Delivery, end: (error?: Error) => void): void {
    const { handle, busy } = this.#options
    const attempt = new Attempt(delivery, this.#keep)
    const endOnce = (error?: Error) => {
      if (!leave()) return
      attempt.close()
      end(error)
    }
    const leave = crew.attempts.add(attempt, () => {
      const error = attempt.hindrance?.() ?? tookTooLong(crew.attempts.ms)
      attempt.abort(error)
      endOnce(error)
    })
    // A handler that throws at once is one whose promise is rejected.
    new Promise(resolve => {
      busy.enter(crew.number, delivery.event.id)
      try {
        resolve(handle(attempt))
      } finally {
        busy.leave()
      }
    }).then(
      () => {
        // Calls that the handler did not wait for have to be on disk all the same.
        const idle = attempt.idle()
        if (idle) void idle.then(() => endOnce())
        else endOnce()
      },
      thrown => endOnce(asError(thrown)),
    )
  }
}

const tookTooLong = (ms: number): AppError =>
  new AppError(`the handler took longer than ${ms} ms`, { code: 'plugin.timeout', retry: 'later' })
