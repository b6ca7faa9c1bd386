import { sleep, systemClock } from '../../base/clock.ts'
import { type Commit, hasFailed, type Task, type Unit } from '../group-commit.ts'
import type { Change } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { isConflict, isOfConnection, isOfDatabase, isOfStatement } from './refusals.ts'
import type { Session } from './session.ts'

export interface TransactionsOptions {
  readonly session: Session
  /** A table by which processes take turns, see {@link Schema.turns}. */
  readonly turns?: string | undefined
  /** Resolves when there is a connection on which something can be written. */
  readonly connect: () => Promise<void>
  /** Makes an error of the database one that a person can act on. */
  readonly explain: (cause: unknown) => Error
}

/** A transaction that meets others is made again so often at most. */
const MOST_CONFLICTS = 30
const LONGEST_PAUSE_MS = 100
/** So often the connection may be lost before anything was committed. */
const MOST_LOSSES = 3
/** How long it is asked what became of a commit whose answer was lost, in ms. */
const DOUBT_MS = 10_000
const ASK_EVERY_MS = 100

/** What became of a try: committed; one unit failed, and the others are to be run again; it met another transaction. */
type Verdict = 'done' | 'again' | 'conflict'

const isStatements = (work: Task): work is readonly Change[] => Array.isArray(work)
const ignore = () => {}

/**
 * Runs units of work in one transaction of PostgreSQL. Statements that are known beforehand are sent one after the other
 * without waiting, so that a commit of hundreds of units takes about one journey to the database and back.
 */
export class PostgresTransactions {
  readonly #options: TransactionsOptions

  constructor(options: TransactionsOptions) {
    this.#options = options
  }

  readonly commit: Commit = async (units, join) => {
    try {
      await this.#runAll(units, join)
    } catch (cause) {
      const error = this.#options.explain(cause)
      for (const unit of units) if (!hasFailed(unit)) unit.outcome = { error }
    }
  }

  async #runAll(units: readonly Unit[], join: () => void): Promise<void> {
    for (let conflicts = 0, losses = 0; ; ) {
      const left = () => units.filter(unit => !hasFailed(unit))
      if (left().length === 0) return
      let verdict: Verdict
      try {
        verdict = await this.#try(left, join)
      } catch (cause) {
        if (!isOfConnection(cause) || ++losses > MOST_LOSSES) throw cause
        continue
      }
      if (verdict === 'done') return
      if (verdict === 'conflict' && ++conflicts > MOST_CONFLICTS)
        throw new StoreError('store.locked', 'a transaction met others again and again')
      if (verdict === 'conflict')
        await sleep(systemClock, Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** conflicts))
    }
  }

  /** Throws what is not the fault of a unit; nothing was committed then. */
  async #try(left: () => readonly Unit[], join: () => void): Promise<Verdict> {
    const { session, connect, turns } = this.#options
    await connect()
    session.failure = undefined
    if (turns === undefined) {
      // Work that reads before it writes goes by what it read: no other process may come in between.
      const level = left().every(({ work }) => isStatements(work)) ? 'read committed' : 'serializable'
      session.exec(`begin isolation level ${level}`).catch(ignore)
    } else {
      session.exec('begin isolation level read committed').catch(ignore)
      await session.exec(`lock table ${turns} in exclusive mode`).catch(ignore)
      // While others had their turns, more came.
      join()
    }
    const units = left()
    const named = session.exec('select pg_current_xact_id()::text as id')
    named.catch(ignore)
    const isSpoiled = await this.#runEach(units)
    const { failure } = session
    if (failure || isSpoiled) {
      await this.#rollBack()
      this.#blame(units, failure)
      return isConflict(failure) ? 'conflict' : 'again'
    }
    const [row] = (await named).rows
    try {
      const { command } = await session.exec('commit')
      return command === 'COMMIT' ? 'done' : 'conflict'
    } catch (cause) {
      if (isConflict(cause)) return 'conflict'
      if (isOfConnection(cause) && (await this.#wasCommitted(String(row!.id), cause))) return 'done'
      throw cause
    }
  }

  /** Gives each unit its outcome, until one spoils the transaction: it failed by itself after it changed something. */
  async #runEach(units: readonly Unit[]): Promise<boolean> {
    const { session } = this.#options
    const sent: Promise<void>[] = []
    let isSpoiled = false
    for (const unit of units) {
      const { work } = unit
      if (isStatements(work)) {
        sent.push(
          outcome(unit, Promise.all(work.map(one => (one.answers ? session.rows(one) : session.apply(one))))),
        )
        continue
      }
      session.changes = 0
      await outcome(unit, work(session))
      isSpoiled = hasFailed(unit) && session.changes > 0
      if (isSpoiled || session.failure) break
    }
    await Promise.all(sent)
    return isSpoiled
  }

  /** Leaves an error with the units whose own it is; the others have no outcome yet. Throws what is no unit's own. */
  #blame(units: readonly Unit[], failure: unknown): void {
    for (const unit of units) {
      const error = unit.outcome && 'error' in unit.outcome ? unit.outcome.error : undefined
      const isOwn = error !== undefined && (isOfStatement(error) || !isOfDatabase(error))
      if (!isOwn) delete unit.outcome
    }
    if (failure && !isConflict(failure) && !units.some(hasFailed)) throw failure
  }

  async #rollBack(): Promise<void> {
    // What cannot be rolled back is dropped, which does the same.
    await this.#options.session.exec('rollback').catch(() => this.#options.session.drop())
  }

  /** What became of a commit whose answer was lost. */
  async #wasCommitted(transaction: string, cause: unknown): Promise<boolean> {
    const { session, connect } = this.#options
    const end = systemClock.now() + DOUBT_MS
    for (;;) {
      try {
        await connect()
        const { rows } = await session.exec(`select pg_xact_status('${transaction}'::xid8) as status`)
        if (rows[0]!.status !== 'in progress') return rows[0]!.status === 'committed'
      } catch (error) {
        if (systemClock.now() >= end) throw error
      }
      if (systemClock.now() >= end) throw cause
      await sleep(systemClock, ASK_EVERY_MS)
    }
  }
}

async function outcome(unit: Unit, value: unknown): Promise<void> {
  try {
    unit.outcome = { value: await value }
  } catch (error) {
    unit.outcome = { error }
  }
}
