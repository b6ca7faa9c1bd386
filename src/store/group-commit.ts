import type { Transaction, Work } from './store.ts'

interface Unit {
  readonly work: Work<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  outcome?: { readonly value: unknown } | { readonly error: unknown }
}

/** The connection on which units of work share transactions. */
export interface GroupCommitOptions {
  /** `changes` counts the statements that may have changed something. */
  readonly tx: Transaction & { changes: number }
  readonly begin: () => void
  readonly commit: () => void
  readonly rollback: () => void
  /** Makes an error of the database one that a person can act on. */
  readonly explain: (cause: unknown) => Error
}

/**
 * Lets all units of work that arrive in one turn of the event loop share a transaction, and with it the one flush to
 * disk that makes full durability dear.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #waiting: Unit[] = []
  #scheduled: Promise<void> | undefined
  #closed = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  add<T>(work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the database is closed'))
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#scheduled ??= this.#schedule()
    }) as Promise<T>
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#scheduled
  }

  async #schedule(): Promise<void> {
    await new Promise<void>(resolve => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const units = this.#waiting
      this.#waiting = []
      await this.#commit(units)
      // Let the callers run, and sockets be read, before the next commit.
      if (this.#waiting.length > 0) await new Promise<void>(resolve => setImmediate(resolve))
    }
    this.#scheduled = undefined
  }

  async #commit(units: Unit[]): Promise<void> {
    try {
      await this.#runAll(units)
    } catch (cause) {
      this.#options.rollback()
      const error = this.#options.explain(cause)
      for (const unit of units) unit.outcome = { error }
    }
    for (const { outcome, resolve, reject } of units) {
      if (outcome && 'value' in outcome) resolve(outcome.value)
      else reject(outcome?.error)
    }
  }

  /** Runs the units in one transaction. One that fails after it changed something is left out, and the rest run again. */
  async #runAll(units: Unit[]): Promise<void> {
    const { tx, begin, commit, rollback } = this.#options
    let again = true
    while (again) {
      again = false
      begin()
      for (const unit of units) {
        if (unit.outcome && 'error' in unit.outcome) continue
        tx.changes = 0
        try {
          unit.outcome = { value: await unit.work(tx) }
        } catch (error) {
          unit.outcome = { error }
          if (tx.changes > 0) {
            again = true
            break
          }
        }
      }
      if (again) rollback()
    }
    commit()
  }
}
