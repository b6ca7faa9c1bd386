import type { Compilable, Kysely, Migration } from 'kysely'
import type { Log } from '../base/log.ts'
import type { Query } from './query.ts'
import type { StoreErrorCode } from './store-error.ts'

/** Something statements can be run on: the store (reading), or a transaction. */
export interface Queryable {
  /** Rows of a prepared statement. */
  all<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]>
  /** The first row of a prepared statement. */
  first<P extends object, R>(query: Query<P, R>, params: P): Promise<R | undefined>
  /** Rows of a statement that is built anew each time. */
  execute<R>(statement: Compilable<R>): Promise<R[]>
}

/** A transaction under way. Shared with other units of work on SQLite, so await nothing but its own methods. */
export interface Transaction extends Queryable {
  /** Runs a prepared statement that changes rows; resolves with their number. */
  run<P extends object>(query: Query<P, unknown>, params: P): Promise<number>
}

/** A unit of work. It may be run again from the start, so it changes nothing but the database. */
export type Work<T> = (tx: Transaction) => Promise<T>

/** A prepared statement that changes rows, with the values of one run. */
export interface Change {
  readonly query: Query<never, unknown>
  readonly params: object
  /** Whether its rows are wanted, and not how many there are. */
  readonly answers?: boolean
}

/** A {@link Change}. */
export const change = <P extends object>(query: Query<P, unknown>, params: P): Change => ({
  query: query as Query<never, unknown>,
  params,
})

/** Whether a database takes writes, and if not, why, and since when (epoch ms). */
export type StoreState =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: StoreErrorCode
      readonly message: string
      readonly hint: string
      readonly since: number
    }

/** Who is told what is notified on a channel. */
export interface Hearing {
  /** Something was notified: in the order in which the transactions that did so were committed. */
  readonly heard: (payload: string) => void
  /** From now on it hears. What was notified before is not made up for. */
  readonly connected: () => void
  /** It does not hear any more, until it is connected again. */
  readonly lost: () => void
}

/** A database, opened and migrated. */
export interface Store<DB> {
  readonly engine: 'sqlite' | 'postgres'
  /**
   * How the database is. Not ok once it refused something; from then on it is tried by itself, about once a second, until
   * it works again.
   */
  readonly state: StoreState
  /** Builds statements for `execute`; runs none itself. */
  readonly db: Kysely<DB>
  /** Reads what is committed. */
  readonly read: Queryable
  /**
   * Runs a unit of work and resolves once it is on disk. Units that arrive in the same turn of the event loop
   * share one commit; each is all or nothing by itself, and they run in the order of the calls.
   *
   * @throws what the work threw (nothing of it is kept), or {@link StoreError} when the database refuses
   */
  write<T>(work: Work<T>): Promise<T>
  /**
   * Runs statements one after the other as a unit of work, as {@link write} does, at less cost; resolves with how many
   * rows each changed.
   */
  apply(...changes: readonly Change[]): Promise<number[]>
  /** Runs one statement that changes rows and answers with some, as {@link apply} does; resolves with those. */
  ask<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]>
  /**
   * Runs a statement by itself, whatever else is written at the time, and resolves with its rows. It may be run twice
   * where a connection is lost.
   */
  once<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]>
  /**
   * Hears what is notified (`pg_notify`) on a channel, until the function is called that this resolves with. Absent
   * where one process has the database to itself.
   */
  listen?(channel: string, hearing: Hearing): Promise<() => Promise<void>>
  /** Commits what waits and closes the database. */
  close(): Promise<void>
}

/** The tables of one room of the house, and how they came to be. */
export interface Schema<_DB> {
  /** Prefix of the migration tables, so that two schemas can share a database. */
  readonly name: string
  /** Steps by sortable name; never changed once released. */
  readonly migrations: Readonly<Record<string, Migration>>
  /** Tables of what processes are at just now: of no use elsewhere, they are not copied. */
  readonly fleeting?: readonly string[]
  /** Columns (`table.column`) that only PostgreSQL has, and fills by itself: they are not copied. */
  readonly filled?: readonly string[]
  /**
   * An empty table by which processes take turns at writing (PostgreSQL): from the first statement to the commit of a
   * transaction no other one of this schema writes. So what is numbered shows in the order of its numbers, and nothing
   * is made again for what others did. Absent: they write at the same time.
   */
  readonly turns?: string
}

/** So long a process that starts waits for a PostgreSQL that is not up yet, unless it is told otherwise. */
export const START_WAIT_MS = 30_000

export interface StoreOptions {
  /** `:memory:`, the path of an SQLite file, whose folder is made, or `postgres://…`. */
  readonly url: string
  /**
   * `FULL` (default): a commit survives a power cut. `NORMAL`: it survives the end of the process, not that of the
   * machine. Of SQLite; PostgreSQL is set up for that.
   */
  readonly synchronous?: 'FULL' | 'NORMAL'
  /** Told when the database fails and when it works again, and of migrations. */
  readonly log?: Log
  /**
   * How long whatever is asked of a PostgreSQL that is away waits for it, in ms of real time; asked anew each time. For
   * a process that starts: later, whoever asks is told soon. Default: 0.
   */
  readonly waitMs?: () => number
  /** How often the database is looked after, in ms of real time. Default 1000. */
  readonly lookEveryMs?: number
}
