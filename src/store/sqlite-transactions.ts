import { hasFailed, type Unit } from './group-commit.ts'
import type { Transaction } from './store.ts'

type SqliteTask = (tx: Transaction) => unknown

/** The connection on which units of work share transactions. */
export interface TransactionsOptions {
  /** `changes` counts what was changed. */
  readonly tx: Transaction & { changes: number }
  /** Resolves later when it has to wait for another process. */
  readonly begin: () => void | Promise<void>
  readonly commit: () => void
  /** Sees onto the disk what was committed, where that is not done yet. */
  readonly flush: () => Promise<void> | undefined
  readonly rollback: () => void
  /** Whether a transaction is open. The database ends it by itself when it runs out of space, for one. */
  readonly isOpen: () => boolean
  /** Makes an error of the database one that a person can act on. */
  readonly explain: (cause: unknown) => Error
}

/** Runs units of work in one transaction of SQLite. */
export class SqliteTransactions {
  readonly #options: TransactionsOptions

  constructor(options: TransactionsOptions) {
    this.#options = options
  }

  /** Gives each unit its outcome. Never throws. */
  readonly commit = async (units: readonly Unit<SqliteTask>[]): Promise<void> => {
    try {
      await this.#runAll(units)
    } catch (cause) {
      const error = this.#options.explain(cause)
      for (const unit of units) if (!hasFailed(unit)) unit.outcome = { error }
      this.#rollBack()
    }
  }

  /** Runs the units in one transaction. One that fails after it changed something is left out, and the rest run again. */
  async #runAll(units: readonly Unit<SqliteTask>[]): Promise<void> {
    const { begin, commit, flush } = this.#options
    for (;;) {
      const begun = begin()
      if (begun) await begun
      if (await this.#runEach(units)) {
        commit()
        return flush()
      }
      this.#rollBack()
    }
  }

  /** Whether all that failed left no trace. */
  async #runEach(units: readonly Unit<SqliteTask>[]): Promise<boolean> {
    const { tx, isOpen } = this.#options
    for (const unit of units) {
      if (hasFailed(unit)) continue
      tx.changes = 0
      try {
        const value = unit.work(tx)
        // Nothing is waited for that is there already: the work of most units is done at once.
        unit.outcome = { value: value instanceof Promise ? await value : value }
      } catch (error) {
        if (!isOpen()) throw error
        unit.outcome = { error }
        if (tx.changes > 0) return false
      }
    }
    return true
  }

  #rollBack(): void {
    try {
      if (this.#options.isOpen()) this.#options.rollback()
    } catch {
      // The next transaction cannot begin then, and tells why.
    }
  }
}
