import { type Kysely, PostgresDialect } from 'kysely'
import { placeOf } from '../../base/postgres-url.ts'
import { GroupCommit } from '../group-commit.ts'
import { Health } from '../health.ts'
import { builder, type Query, QueryCache } from '../query.ts'
import { change, type Schema, type Store, type StoreOptions } from '../store.ts'
import { closedError, StoreError } from '../store-error.ts'
import { Listener } from './listener.ts'
import { migratePostgres } from './migrate.ts'
import { type Patience, patiently } from './patience.ts'
import { Readers } from './readers.ts'
import { explained, refusal } from './refusals.ts'
import { Session } from './session.ts'
import { PostgresTransactions } from './transactions.ts'

const LOOK_EVERY_MS = 1000
/** How long a database is waited for that worked until now, in ms of real time: as long as a restart takes. */
const PATIENCE_MS = 5000
/** Connections that read. */
const MOST_READERS = 4
const MOST_BESIDE = 2
/** By what is run by itself processes know that each other live: an answer that takes longer is none, in ms. */
const BRISK = { connectionTimeoutMillis: 3000, statement_timeout: 3000, query_timeout: 4000 }
/** Others wait for the one whose turn it is: one that says nothing for so long loses it, in ms. */
const PROMPT = { idle_in_transaction_session_timeout: 5000 }

/** Opens a PostgreSQL database, and brings it up to date. */
export async function openPostgres<DB>(schema: Schema<DB>, options: StoreOptions): Promise<Store<DB>> {
  const { url, log, waitMs = () => 0 } = options
  const place = placeOf(url)
  const awaited = <T>(work: () => Promise<T>) =>
    patiently(work, {
      ms: waitMs(),
      waits: cause => log?.warn({ reason: refusal(place, cause).message }, 'waiting for the database'),
    })
  await awaited(() => migratePostgres({ url, schema, log }))
  const db: Kysely<DB> = builder<DB>(new PostgresDialect({ pool: undefined as never }))
  const queries = new QueryCache(db as unknown as Kysely<never>)
  const explain = (cause: unknown) => {
    const error = explained(place, cause)
    if (error instanceof StoreError) health.failed(error)
    return error
  }
  const session = new Session(url, queries, schema.turns === undefined ? {} : PROMPT)
  // Known to be away, it is not waited for: callers are told at once.
  const patience: Patience = {
    get ms() {
      return Math.max(PATIENCE_MS, waitMs())
    },
    mayWait: () => !closed && (health.state.ok || waitMs() > 0),
  }
  const readers = new Readers({ url, queries, explain, most: MOST_READERS, patience })
  // Of its own: what is run by itself must not wait for those who read much.
  const brisk: Patience = {
    get ms() {
      return waitMs()
    },
    mayWait: () => !closed && waitMs() > 0,
  }
  const beside = new Readers({ url, queries, explain, most: MOST_BESIDE, settings: BRISK, patience: brisk })
  const listeners = new Set<Listener>()
  let closed = false
  const connect = () =>
    patiently(() => session.connect(), patience).catch(cause => {
      throw refusal(place, cause)
    })
  const transactions = new PostgresTransactions({
    session,
    connect,
    turns: schema.turns,
    explain: cause => refusal(place, explain(cause)),
  })
  const commits = new GroupCommit(transactions.commit)
  const health = new Health({
    log,
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    look: () => {},
    refusal: cause => refusal(place, cause),
    async probe() {
      if (closed) throw closedError()
      await readers.probe()
      await session.connect()
    },
  })
  await awaited(() => session.connect())
  return {
    db,
    engine: 'postgres',
    get state() {
      return health.state
    },
    read: readers,
    write: work => commits.add(work),
    apply: (...changes) => commits.add(changes),
    once: (query, params) => beside.all(query, params),
    async ask<P extends object, R>(query: Query<P, R>, params: P) {
      const [rows] = await commits.add<[R[]]>([{ ...change(query, params), answers: true }])
      return rows
    },
    async listen(channel, hearing) {
      const listener = new Listener(url, channel, hearing)
      await listener.start()
      listeners.add(listener)
      return async () => {
        listeners.delete(listener)
        await listener.stop()
      }
    },
    async close() {
      await commits.close()
      closed = true
      health.close()
      await Promise.all([...listeners].map(listener => listener.stop()))
      await Promise.all([readers.close(), beside.close(), session.close()])
    },
  }
}
