import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Compilable, type Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { closedError, GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { builder, type Query, QueryCache } from './query.ts'
import {
  type Change,
  change,
  type Queryable,
  type Schema,
  type Store,
  StoreError,
  type StoreOptions,
  type Transaction,
} from './store.ts'

type Statement = Database.Statement<unknown[]>

/** Runs prepared statements on one connection. Everything is synchronous inside; the promises are for other engines. */
class Connection implements Transaction {
  readonly #database: Database.Database
  readonly #queries: QueryCache
  readonly #explain: (cause: unknown) => unknown
  readonly #statements = new Map<string, Statement>()
  /** Rows changed, and statements that may have changed some, since the caller last set it to 0. */
  changes = 0

  constructor(database: Database.Database, queries: QueryCache, explain: (cause: unknown) => unknown) {
    this.#database = database
    this.#queries = queries
    this.#explain = explain
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

  close(): void {
    // libsql would run them after the end.
    this.#statements.clear()
    this.#database.close()
  }
}

/** Reads on the connection that also writes, in between its transactions, so that only what is committed is seen. */
class BetweenCommits implements Queryable {
  readonly #connection: Connection
  readonly #commits: GroupCommit

  constructor(connection: Connection, commits: GroupCommit) {
    this.#connection = connection
    this.#commits = commits
  }

  async all<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]> {
    while (this.#commits.underWay) await this.#commits.underWay
    return this.#connection.all(query, params)
  }

  async first<P extends object, R>(query: Query<P, R>, params: P): Promise<R | undefined> {
    return (await this.all(query, params))[0]
  }

  async execute<R>(statement: Compilable<R>): Promise<R[]> {
    while (this.#commits.underWay) await this.#commits.underWay
    return this.#connection.execute(statement)
  }
}

/** Opens (and creates, and migrates) an SQLite database. */
export async function openSqlite<DB>(schema: Schema<DB>, options: StoreOptions): Promise<Store<DB>> {
  const { url, synchronous = 'FULL' } = options
  const inMemory = url === ':memory:'
  const explain = (cause: unknown) => explained(url, cause)
  const database = connect(url, synchronous)
  const dialect = new SqliteDialect({ database: database as never })
  try {
    await migrate(dialect, schema, url)
  } catch (error) {
    database.close()
    throw error
  }
  const db: Kysely<DB> = builder<DB>(dialect)
  const queries = new QueryCache(db as unknown as Kysely<never>)
  const writer = new Connection(database, queries, explain)
  const commits = new GroupCommit({
    tx: writer,
    begin: () => void writer.statement('begin immediate').run(),
    commit: () => void writer.statement('commit').run(),
    rollback: () => void writer.statement('rollback').run(),
    isOpen: () => database.inTransaction,
    explain: cause => refusal(url, cause),
  })
  // A second connection reads what is committed, never what is being written.
  const reader = inMemory ? undefined : new Connection(connect(url, synchronous), queries, explain)
  return {
    db,
    read: reader ?? new BetweenCommits(writer, commits),
    write: work => commits.add(work),
    apply: (...changes) => commits.add(() => changes.map(one => writer.apply(one))),
    async close() {
      await commits.close()
      reader?.close()
      writer.close()
    },
  }
}

function connect(url: string, synchronous: 'FULL' | 'NORMAL'): Database.Database {
  try {
    if (url !== ':memory:') createFile(url)
    const database = new Database(url)
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma journal_mode = wal')
    database.exec(`pragma synchronous = ${synchronous}`)
    database.exec('pragma cache_size = -16000')
    database.exec('pragma temp_store = memory')
    return database
  } catch (cause) {
    throw refusal(url, cause)
  }
}

/**
 * The file holds passwords and keys: only its owner may read it, and what SQLite puts beside it. A file that is there is
 * not opened: closing it would drop the locks that SQLite holds on it for other connections of this process.
 */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}

/** What is wrong with a statement is left as it is; what is wrong with the database is said in words. */
function explained(url: string, cause: unknown): unknown {
  const ofDatabase =
    cause instanceof Database.SqliteError && !/^SQLITE_(CONSTRAINT|ERROR|MISMATCH|RANGE)/.test(cause.code)
  return ofDatabase ? refusal(url, cause) : cause
}

function refusal(url: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const hint = /full/i.test(reason)
    ? 'Free some disk space.'
    : /locked|busy/i.test(reason)
      ? 'Another process holds the database: stop it, or give this one its own.'
      : /readonly|permission|EACCES|unable to open/i.test(reason)
        ? 'Give this user the right to write the file and its folder.'
        : 'Check the file; restore it from a backup if it is damaged.'
  return new StoreError(`database ${url}: ${reason}`, hint, { cause })
}
