import type { Change, Transaction } from './store.ts'
import { closedError } from './store-error.ts'

type MaybeAsync<T> = (tx: Transaction) => T | Promise<T>

/** What a caller wants done: a function, or statements that are known beforehand. */
export type Task = MaybeAsync<unknown> | readonly Change[]

/** A unit of work: all or nothing by itself, though others share its transaction. */
export interface Unit<T extends Task = Task> {
  readonly work: T
  /** Set by whoever commits it. */
  outcome?: { readonly value: unknown } | { readonly error: unknown }
}

/**
 * Gives each unit its outcome, in one transaction as far as that is possible; never throws.
 *
 * @param join  takes those that came meanwhile among the units, too
 */
export type Commit<T extends Task = Task> = (units: readonly Unit<T>[], join: () => void) => Promise<void>

interface Waiting<T extends Task> extends Unit<T> {
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
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
export class GroupCommit<T extends Task = Task> {
  readonly #commit: Commit<T>
  #waiting: Waiting<T>[] = []
  #scheduled: Promise<void> | undefined
  #underWay: Promise<void> | undefined
  #closed = false

  constructor(commit: Commit<T>) {
    this.#commit = commit
  }

  /** Settled when the transaction that is under way has ended and is on disk, if one is. */
  get underWay(): Promise<void> | undefined {
    return this.#underWay
  }

  add<R>(work: T): Promise<R> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#scheduled ??= this.#schedule()
    }) as Promise<R>
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
      this.#underWay = this.#commit(units, () => {
        units.push(...this.#waiting)
        this.#waiting = []
      })
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
}

export const hasFailed = ({ outcome }: Unit): boolean => outcome !== undefined && 'error' in outcome
