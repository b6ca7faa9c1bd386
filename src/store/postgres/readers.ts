import type { Compilable } from 'kysely'
import pg from 'pg'
import type { Query, QueryCache } from '../query.ts'
import type { Queryable } from '../store.ts'
import { closedError } from '../store-error.ts'
import { connectionTo } from './connection-to.ts'
import { type Patience, patiently } from './patience.ts'
import { isOfConnection } from './refusals.ts'
import { statementOf } from './session.ts'
import { encoded } from './texts.ts'

const IDLE_MS = 30_000
const NONE: Patience = { ms: 0 }

export interface ReadersOptions {
  readonly url: string
  readonly queries: QueryCache
  readonly explain: (cause: unknown) => unknown
  /** Connections, at most. */
  readonly most: number
  /** What differs from other connections. */
  readonly settings?: pg.PoolConfig
  /** With a database that is away. Default: none. */
  readonly patience?: Patience
}

/** Runs each statement by itself, on connections of their own; mostly such that read. */
export class Readers implements Queryable {
  readonly #options: ReadersOptions
  readonly #pool: pg.Pool
  #closed = false

  constructor(options: ReadersOptions) {
    this.#options = options
    this.#pool = new pg.Pool({
      ...connectionTo(options.url),
      ...options.settings,
      max: options.most,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    })
    // One that nobody uses was lost: the next that is needed is made anew.
    this.#pool.on('error', () => {})
  }

  async all<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]> {
    const { queries } = this.#options
    return this.#ask(statementOf(queries.prepared(query as Query<never, unknown>), params))
  }

  async first<P extends object, R>(query: Query<P, R>, params: P): Promise<R | undefined> {
    return (await this.all(query, params))[0]
  }

  async execute<R>(statement: Compilable<R>): Promise<R[]> {
    const { sql, parameters } = statement.compile()
    return this.#ask({ text: sql, values: parameters.map(encoded) })
  }

  /** Tries whether the database answers, and takes writes. */
  async probe(): Promise<void> {
    const rows = await this.#askOnce<{ stands: boolean }>({ text: 'select pg_is_in_recovery() as stands' })
    if (rows[0]!.stands)
      throw Object.assign(new Error('it is a standby, which cannot be written'), { code: '25006' })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#pool.end().catch(() => {})
  }

  /** A connection may have been lost since it was last used: what does no harm when it is run twice is tried once more. */
  async #ask<R>(statement: pg.QueryConfig): Promise<R[]> {
    try {
      return await this.#askOnce<R>(statement)
    } catch (cause) {
      if (!isOfConnection(cause)) throw this.#options.explain(cause)
    }
    try {
      return await patiently(() => this.#askOnce<R>(statement), this.#options.patience ?? NONE)
    } catch (cause) {
      throw this.#options.explain(cause)
    }
  }

  async #askOnce<R>(statement: pg.QueryConfig): Promise<R[]> {
    if (this.#closed) throw closedError()
    return (await this.#pool.query(statement)).rows as R[]
  }
}
