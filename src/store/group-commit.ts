import type { Transaction } from './store.ts'
import { closedError } from './store-error.ts'

type MaybeAsync<T> = (tx: Transaction) => T | Promise<T>

interface Unit {
  readonly work: MaybeAsync<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  outcome?: { readonly value: unknown } | { readonly error: unknown }
}

/** The connection on which units of work share transactions. */
export interface GroupCommitOptions {
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

const turnOfTheLoop = () => new Promise<void>(resolve => setImmediate(resolve))

/**
 * A commit costs much, whatever is in it: under load it pays to wait some turns of the event loop for more. Without
 * load, the first turn that brings nothing ends the waiting, some microseconds later.
 */
const MOST_TURNS = 24

/**
 * Lets all units of work that arrive in one turn of the event loop share a transaction, and with it the one flush to
 * disk that makes full durability dear.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #waiting: Unit[] = []
  #scheduled: Promise<void> | undefined
  #underWay: Promise<void> | undefined
  #closed = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Settled when the transaction that is under way has ended and is on disk, if one is. */
  get underWay(): Promise<void> | undefined {
    return this.#underWay
  }

  add<T>(work: MaybeAsync<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#scheduled ??= this.#schedule()
    }) as Promise<T>
  }

  /** Commits what waits, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#scheduled
  }

  async #schedule(): Promise<void> {
    for (await this.#gather(); this.#waiting.length > 0; await this.#gather()) {
      const units = this.#waiting
      this.#waiting = []
      this.#underWay = this.#commit(units)
      await this.#underWay
      this.#underWay = undefined
      for (const { outcome, resolve, reject } of units) {
        if (outcome && 'value' in outcome) resolve(outcome.value)
        else reject(outcome?.error)
      }
    }
    this.#scheduled = undefined
  }

  /** Lets callers run, and sockets be read, before a commit: as long as that brings more to share it, within bounds. */
  async #gather(): Promise<void> {
    for (let turn = 0, before = -1; turn < MOST_TURNS && this.#waiting.length > before; turn++) {
      before = this.#waiting.length
      await turnOfTheLoop()
    }
  }

  /** Gives each unit its outcome. Never throws. */
  async #commit(units: readonly Unit[]): Promise<void> {
    try {
      await this.#runAll(units)
    } catch (cause) {
      const error = this.#options.explain(cause)
      for (const unit of units) if (!hasFailed(unit)) unit.outcome = { error }
      this.#rollBack()
    }
  }

  /** Runs the units in one transaction. One that fails after it changed something is left out, and the rest run again. */
  async #runAll(units: readonly Unit[]): Promise<void> {
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
  async #runEach(units: readonly Unit[]): Promise<boolean> {
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

const hasFailed = ({ outcome }: Unit): boolean => outcome !== undefined && 'error' in outcome
