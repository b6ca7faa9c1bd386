import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Compilable, type Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { builder, type Query, QueryCache } from './query.ts'
import {
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
  readonly #statements = new Map<string, Statement>()
  /** Statements that may have changed something since the caller last set it to 0. */
  changes = 0

  constructor(database: Database.Database, queries: QueryCache) {
    this.#database = database
    this.#queries = queries
  }

  statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare<unknown[]>(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  async all<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]> {
    const prepared = this.#queries.prepared(query as Query<never, unknown>)
    if (!prepared.reads) this.changes++
    return this.statement(prepared.sql).all(...prepared.values(params)) as R[]
  }

  async first<P extends object, R>(query: Query<P, R>, params: P): Promise<R | undefined> {
    return (await this.all(query, params))[0]
  }

  async run<P extends object>(query: Query<P, unknown>, params: P): Promise<number> {
    const prepared = this.#queries.prepared(query as Query<never, unknown>)
    this.changes++
    return this.statement(prepared.sql).run(...prepared.values(params)).changes
  }

  async execute<R>(statement: Compilable<R>): Promise<R[]> {
    const { sql, parameters } = statement.compile()
    // Not kept: its text differs from call to call.
    const prepared = this.#database.prepare(sql)
    if (prepared.reader) {
      if (!/^\s*select\b/i.test(sql)) this.changes++
      return prepared.all(...parameters) as R[]
    }
    this.changes++
    prepared.run(...parameters)
    return []
  }
}

/** Opens (and creates, and migrates) an SQLite database. */
export async function openSqlite<DB>(schema: Schema<DB>, options: StoreOptions): Promise<Store<DB>> {
  const { url, synchronous = 'FULL' } = options
  const inMemory = url === ':memory:'
  const database = connect(url, synchronous)
  const dialect = new SqliteDialect({ database: database as never })
  await migrate(dialect, schema, url)
  const db: Kysely<DB> = builder<DB>(dialect)
  const queries = new QueryCache(db as unknown as Kysely<never>)
  const writer = new Connection(database, queries)
  // A second connection reads what is committed, never what is being written.
  const readDatabase = inMemory ? database : connect(url, synchronous)
  const read: Queryable = inMemory ? writer : new Connection(readDatabase, queries)
  const commits = new GroupCommit({
    tx: writer,
    begin: () => void writer.statement('begin immediate').run(),
    commit: () => void writer.statement('commit').run(),
    rollback: () => void (database.inTransaction && writer.statement('rollback').run()),
    explain: cause => refusal(url, cause),
  })
  return {
    db,
    read,
    write: work => commits.add(work),
    async close() {
      await commits.close()
      if (!inMemory) readDatabase.close()
      database.close()
    },
  }
}

function connect(url: string, synchronous: 'FULL' | 'NORMAL'): Database.Database {
  try {
    if (url !== ':memory:') mkdirSync(dirname(url), { recursive: true })
    const database = new Database(url)
    // The file holds passwords and keys: only its owner may read it.
    if (url !== ':memory:') chmodSync(url, 0o600)
    database.exec('pragma busy_timeout = 5000')
    database.exec('pragma journal_mode = wal')
    database.exec(`pragma synchronous = ${synchronous}`)
    database.exec('pragma cache_size = -16000')
    database.exec('pragma temp_store = memory')
    return database
  } catch (cause) {
    throw refusal(url, cause)
  }
}

function refusal(url: string, cause: unknown): StoreError {
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
