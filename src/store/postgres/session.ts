import type { Compilable } from 'kysely'
import pg from 'pg'
import type { Prepared, Query, QueryCache } from '../query.ts'
import type { Change, Transaction } from '../store.ts'
import { closedError } from '../store-error.ts'
import { connectionTo } from './connection-to.ts'
import { encoded } from './texts.ts'

interface Answer<R = never> {
  readonly command: string
  readonly rows: R[]
  readonly rowCount: number | null
}

/**
 * One connection. Statements are sent without waiting for the answers to those before, and are carried out in their
 * order. One that was lost is made anew by {@link connect}.
 */
export class Session implements Transaction {
  readonly #url: string
  readonly #queries: QueryCache
  readonly #settings: pg.ClientConfig
  #client: pg.Client | undefined
  #isHolding = false
  #closed = false
  /** The first thing that the database refused, since the caller last took it away. */
  failure: unknown
  /** Rows changed, and statements that may have changed some, since the caller last set it to 0. */
  changes = 0

  /** @param settings  of this connection, beside those of all */
  constructor(url: string, queries: QueryCache, settings: pg.ClientConfig = {}) {
    this.#url = url
    this.#queries = queries
    this.#settings = settings
  }

  get isOpen(): boolean {
    return this.#client !== undefined
  }

  /** Does nothing when it is connected. */
  async connect(): Promise<void> {
    if (this.#client) return
    if (this.#closed) throw closedError()
    const client = new pg.Client({ ...connectionTo(this.#url), ...this.#settings, pipeline: true })
    const lost = () => {
      if (this.#client === client) this.#client = undefined
    }
    client.on('error', lost)
    client.on('end', lost)
    try {
      await client.connect()
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
    this.#client = client
    // It may have been closed meanwhile.
    if (this.#closed) await this.close()
  }

  /** Drops the connection, whatever is under way. */
  drop(): void {
    const client = this.#client
    this.#client = undefined
    void client?.end().catch(() => {})
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  /** Runs a statement without parameters. */
  exec(sql: string): Promise<Answer<Record<string, unknown>>> {
    return this.#ask({ text: sql })
  }

  async all<P extends object, R>(query: Query<P, R>, params: P): Promise<R[]> {
    const prepared = this.#queries.prepared(query as Query<never, unknown>)
    if (!prepared.reads) this.changes++
    return (await this.#ask<R>(statementOf(prepared, params))).rows
  }

  async first<P extends object, R>(query: Query<P, R>, params: P): Promise<R | undefined> {
    return (await this.all(query, params))[0]
  }

  run<P extends object>(query: Query<P, unknown>, params: P): Promise<number> {
    return this.apply({ query: query as Query<never, unknown>, params })
  }

  async apply({ query, params }: Change): Promise<number> {
    const prepared = this.#queries.prepared(query)
    const { rowCount } = await this.#ask(statementOf(prepared, params))
    const changes = prepared.reads ? 0 : (rowCount ?? 0)
    this.changes += changes
    return changes
  }

  /** As {@link apply}; resolves with the rows. */
  async rows({ query, params }: Change): Promise<unknown[]> {
    const prepared = this.#queries.prepared(query)
    const { rows } = await this.#ask<unknown>(statementOf(prepared, params))
    if (!prepared.reads) this.changes += rows.length
    return rows
  }

  async execute<R>(statement: Compilable<R>): Promise<R[]> {
    const { sql, parameters, query } = statement.compile()
    if (query.kind !== 'SelectQueryNode') this.changes++
    return (await this.#ask<R>({ text: sql, values: parameters.map(encoded) })).rows
  }

  /** Statements that are sent in one turn leave in one piece, as each piece costs as much as a statement. */
  #hold({ connection: { stream } }: pg.Client): void {
    if (this.#isHolding) return
    this.#isHolding = true
    stream.cork()
    process.nextTick(() => {
      this.#isHolding = false
      stream.uncork()
    })
  }

  async #ask<R>(statement: pg.QueryConfig): Promise<Answer<R>> {
    try {
      if (!this.#client) throw new Error('the connection was lost')
      this.#hold(this.#client)
      return (await this.#client.query(statement)) as unknown as Answer<R>
    } catch (error) {
      this.failure ??= error
      throw error
    }
  }
}

/** A statement as `pg` takes it. */
export const statementOf = (prepared: Prepared, params: object): pg.QueryConfig => ({
  text: prepared.sql,
  name: prepared.name,
  values: prepared.values(params).map(encoded),
})
