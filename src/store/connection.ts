import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Compilable } from 'kysely'
import Database from 'libsql'
import { LogFlush } from './log-flush.ts'
import type { Query, QueryCache } from './query.ts'
import { type Change, change, type Transaction } from './store.ts'
import { closedError, refusal } from './store-error.ts'

type Statement = Database.Statement<unknown[]>

export const IN_MEMORY = ':memory:'

/**
 * How long SQLite itself waits for another process, in ms. Nothing else runs meanwhile, so that longer waits are made
 * elsewhere.
 */
const BUSY_MS = 20
/** The log of writes is cut to this when it has grown beyond, as it does while somebody reads for long. */
const WAL_BYTES = 64 * 1024 * 1024

/** Held, as libsql closes what nobody holds. */
const deserted = new Set<Database.Database>()

export interface ConnectionOptions {
  readonly url: string
  readonly synchronous: 'FULL' | 'NORMAL'
  readonly queries: QueryCache
  readonly explain: (cause: unknown) => unknown
}

/** Runs prepared statements on one connection. Everything is synchronous inside; the promises are for other engines. */
export class Connection implements Transaction {
  readonly #url: string
  #database: Database.Database
  readonly #queries: QueryCache
  readonly #explain: (cause: unknown) => unknown
  readonly #statements = new Map<string, Statement>()
  readonly #log?: LogFlush
  /** Rows changed, and statements that may have changed some, since the caller last set it to 0. */
  changes = 0

  constructor(options: ConnectionOptions, database: Database.Database = connect(options.url)) {
    this.#url = options.url
    this.#database = database
    this.#queries = options.queries
    this.#explain = options.explain
    if (options.synchronous === 'FULL' && options.url !== IN_MEMORY) this.#log = new LogFlush(options.url)
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (!statement) {
      if (!this.#database.open) throw closedError()
      statement = this.#database.prepare<unknown[]>(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  async all<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]> {
    try {
      const prepared = this.#queries.prepared(query as Query<never, unknown>)
      const rows = this.statement(prepared.sql).all(prepared.values(params)) as R[]
      if (!prepared.reads) this.changes++
      return rows
    } catch (cause) {
      throw this.#explain(cause)
    }
  }

  async first<P extends object, R>(query: Query<P, R>, params: P): Promise<R | undefined> {
    return (await this.all(query, params))[0]
  }

  async run<P extends object>(query: Query<P, unknown>, params: P): Promise<number> {
    return this.apply(change(query, params))
  }

  /** As {@link run}, at once. */
  apply({ query, params }: Change): number {
    try {
      const prepared = this.#queries.prepared(query)
      const { changes } = this.statement(prepared.sql).run(prepared.values(params))
      this.changes += changes
      return changes
    } catch (cause) {
      throw this.#explain(cause)
    }
  }

  async execute<R>(statement: Compilable<R>): Promise<R[]> {
    const { sql, parameters } = statement.compile()
    try {
      if (!this.#database.open) throw closedError()
      // Not kept: its text differs from call to call.
      const prepared = this.#database.prepare(sql)
      if (!/^\s*select\b/i.test(sql)) this.changes++
      if (prepared.reader) return prepared.all(...parameters) as R[]
      prepared.run(...parameters)
      return []
    } catch (cause) {
      throw this.#explain(cause)
    }
  }

  /** Runs a statement without parameters. */
  exec(sql: string): void {
    this.#database.exec(sql)
  }

  /** Sees onto the disk what was committed; nothing to wait for where that is not asked for. */
  flush(): Promise<void> | undefined {
    return this.#log?.flush()
  }

  /** Opens the file anew: a connection that met a disk that fails or cannot be written may stay with that for good. */
  reopen(): void {
    const database = connect(this.#url)
    this.close()
    this.#database = database
  }

  /** Opens the file anew, and never closes the one that was open: on closing, SQLite removes the log by its name. */
  desert(): void {
    const database = connect(this.#url)
    this.#statements.clear()
    this.#log?.close()
    deserted.add(this.#database)
    this.#database = database
  }

  close(): void {
    // libsql would run them after the end.
    this.#statements.clear()
    this.#log?.close()
    this.#database.close()
  }
}

/** @throws StoreError */
export function connect(url: string): Database.Database {
  let database: Database.Database | undefined
  try {
    if (url !== IN_MEMORY) createFile(url)
    database = new Database(url)
    // Others may be starting on the same file.
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma journal_mode = wal')
    database.exec(`pragma busy_timeout = ${BUSY_MS}`)
    // Beyond that, `flush` sees to it.
    database.exec('pragma synchronous = normal')
    database.exec('pragma cache_size = -16000')
    database.exec('pragma temp_store = memory')
    database.exec(`pragma journal_size_limit = ${WAL_BYTES}`)
    return database
  } catch (cause) {
    database?.close()
    throw refusal(url, cause)
  }
}

/**
 * The file holds passwords and keys: only its owner may read it, and what SQLite puts beside it. A file that is there is
 * not opened: closing it would drop the locks that SQLite holds on it for other connections of this process.
 */
export function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}
