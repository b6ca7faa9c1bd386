import { type Compilable, type Kysely, SqliteDialect } from 'kysely'
import { Connection, connect, IN_MEMORY } from './connection.ts'
import { GroupCommit } from './group-commit.ts'
import { Health } from './health.ts'
import { applied, migrate } from './migrate.ts'
import { OpenFile } from './open-file.ts'
import { patiently } from './patience.ts'
import { builder, type Query, QueryCache } from './query.ts'
import { SqliteTransactions } from './sqlite-transactions.ts'
import type { Queryable, Schema, Store, StoreOptions, Transaction } from './store.ts'
import { closedError, explained, refusal, StoreError } from './store-error.ts'

/** How long a commit waits for another process, in ms of real time. */
const PATIENCE_MS = 2000
/** How long to wait for others who open the same new file, in ms of real time. */
const OPENING_MS = 10_000
const LOOK_EVERY_MS = 1000
/** A database that takes so much takes what is usual. */
const PROBE_BYTES = 64 * 1024
/** Each in a commit of its own, so that as much has to find room on the disk. */
const PROBE = [
  `create table if not exists store_probe as select zeroblob(${PROBE_BYTES}) as room`,
  'drop table store_probe',
]

type Commits = GroupCommit<(tx: Transaction) => unknown>

/** Reads on the connection that also writes, in between its transactions, so that only what is committed is seen. */
class BetweenCommits implements Queryable {
  readonly #connection: Connection
  readonly #commits: Commits

  constructor(connection: Connection, commits: Commits) {
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

/** Brings an SQLite database up to date, and makes it if it is not there; resolves with the steps carried out. */
export async function migrateSqlite(schema: Schema<unknown>, options: StoreOptions): Promise<string[]> {
  const { database, steps } = await connectUpToDate(schema, options)
  database.close()
  return steps
}

/** The steps that were carried out. */
export async function stepsOfSqlite(schema: Schema<unknown>, url: string): Promise<string[]> {
  const database = await patiently(() => connect(url), OPENING_MS)
  try {
    return applied(database, schema.name)
  } catch (cause) {
    throw refusal(url, cause)
  } finally {
    database.close()
  }
}

async function connectUpToDate(schema: Schema<unknown>, { url, log }: StoreOptions) {
  const database = await patiently(() => connect(url), OPENING_MS)
  const dialect = new SqliteDialect({ database: database as never })
  try {
    return { database, dialect, steps: await migrate({ database, dialect, schema, url, log }) }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens (and creates, and migrates) an SQLite database. */
export async function openSqlite<DB>(schema: Schema<DB>, options: StoreOptions): Promise<Store<DB>> {
  const { url, synchronous = 'FULL', log } = options
  const { database, dialect } = await connectUpToDate(schema, options)
  const db: Kysely<DB> = builder<DB>(dialect)
  const queries = new QueryCache(db as unknown as Kysely<never>)
  const explain = (cause: unknown) => {
    const error = explained(url, cause)
    if (error instanceof StoreError) health.failed(error)
    return error
  }
  const parts = { url, synchronous, queries, explain }
  const writer = new Connection(parts, database)
  const begin = () => {
    try {
      writer.statement('begin immediate').run()
    } catch (cause) {
      throw refusal(url, cause)
    }
  }
  const transactions = new SqliteTransactions({
    tx: writer,
    begin() {
      health.check()
      try {
        begin()
      } catch (error) {
        // Known to be held, it is not waited for: callers are told at once.
        if (!health.state.ok) throw error
        return patiently(begin, PATIENCE_MS)
      }
    },
    commit: () => void writer.statement('commit').run(),
    flush: () =>
      writer.flush()?.catch(cause => {
        const error = refusal(url, cause)
        health.failed(error)
        throw error
      }),
    rollback: () => void writer.statement('rollback').run(),
    isOpen: () => writer.inTransaction,
    explain: cause => refusal(url, explain(cause)),
  })
  const commits: Commits = new GroupCommit(transactions.commit)
  // A second connection reads what is committed, never what is being written.
  const reader = url === IN_MEMORY ? undefined : new Connection(parts)
  const file = reader && new OpenFile(url, writer, reader)
  let closed = false
  const health = new Health({
    log,
    refusal: cause => refusal(url, cause),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    look: () => {
      if (!commits.underWay) file?.look()
    },
    async probe(failure) {
      await file?.check(failure)
      while (commits.underWay) await commits.underWay
      if (closed) throw closedError()
      file?.reopen(failure)
      for (const sql of PROBE) await commits.add(async () => writer.exec(sql))
    },
  })
  return {
    db,
    engine: 'sqlite',
    get state() {
      return health.state
    },
    read: reader ?? new BetweenCommits(writer, commits),
    write: work => commits.add(work),
    apply: (...changes) => commits.add(() => changes.map(one => writer.apply(one))),
    once: (query, params) => commits.add(tx => tx.all(query, params)),
    ask: (query, params) => commits.add(() => writer.all(query, params)),
    async close() {
      closed = true
      await commits.close()
      health.close()
      reader?.close()
      writer.close()
    },
  }
}
