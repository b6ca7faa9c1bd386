import { PostgresDialect, type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { sleep, systemClock } from '../../base/clock.ts'
import { placeOf } from '../../base/postgres-url.ts'
import type { AnyKysely } from '../dialect.ts'
import { connectionTo } from '../postgres/connection-to.ts'
import { applied, migratePostgres } from '../postgres/migrate.ts'
import { refusal } from '../postgres/refusals.ts'
import { encoded } from '../postgres/texts.ts'
import { builder } from '../query.ts'
import type { Schema } from '../store.ts'
import { CopyError } from './copy-error.ts'
import { refuse } from './pages.ts'
import type { Source, Statement, Target } from './side.ts'
import type { Row, Table } from './table.ts'

/** Counting what is huge takes its time; what takes longer is given up. */
const LONGEST_MS = 15 * 60_000
/** Connections of a process that ended are waited for as long. */
const PATIENCE_MS = 2000
const LOOK_MS = 100
/** Of all programs that lock something by number, ours; so that a database is copied into once at a time. */
const LOCK = 0x63707920
/** Highest number of an `integer`. */
const INT4 = 2 ** 31 - 1

const TYPES: Readonly<Record<string, { readonly type: string; readonly most?: number }>> = {
  bigint: { type: 'integer' },
  integer: { type: 'integer', most: INT4 },
  text: { type: 'text' },
}

/** A database of PostgreSQL, on one connection. */
export class PostgresSide implements Source, Target {
  readonly place: string
  readonly cutsTexts = false
  readonly #url: string
  readonly #client: pg.Client
  readonly #db: AnyKysely = builder(new PostgresDialect({ pool: undefined as never }))

  private constructor(url: string, client: pg.Client) {
    this.place = placeOf(url)
    this.#url = url
    this.#client = client
  }

  /** @throws CopyError `copy.in-use` when a Beadle is connected, or it is being copied into; StoreError */
  static async open(url: string, role: 'source' | 'target'): Promise<PostgresSide> {
    const client = new pg.Client({
      ...connectionTo(url),
      application_name: 'beadle copy',
      statement_timeout: LONGEST_MS,
      query_timeout: LONGEST_MS,
      idle_in_transaction_session_timeout: LONGEST_MS,
      keepAliveInitialDelayMillis: 10_000,
    })
    client.on('error', () => {})
    const side = new PostgresSide(url, client)
    try {
      await client.connect()
      await side.#alone(role)
      // What was noted with the rows is lost with them, so that it need not be waited for until the end.
      if (role === 'target') await client.query('set synchronous_commit = off')
      return side
    } catch (cause) {
      await side.close()
      throw cause instanceof CopyError ? cause : refusal(side.place, cause)
    }
  }

  async ask(statement: Statement): Promise<Row[]> {
    const { sql: text, parameters } = statement.compile(this.#db)
    return this.#guarded(async () => {
      const { rows } = await this.#client.query({ text, values: parameters.map(written), rowMode: 'array' })
      return rows
    })
  }

  async names(): Promise<string[]> {
    const rows = await this.ask(sql`${TABLES} order by c.relname`)
    return rows.map(([name]) => String(name))
  }

  async tables(names: readonly string[]): Promise<Table[]> {
    const rows = await this.ask(sql`select t.name, a.attname, format_type(a.atttypid, null),
        a.attcollation in (0, 'pg_catalog."C"'::regcollation), a.attidentity <> '',
        array_position(string_to_array(i.indkey::text, ' '), a.attnum::text)
      from (${TABLES}) as t join pg_attribute a on a.attrelid = t.id and a.attnum > 0 and not a.attisdropped
      left join pg_index i on i.indrelid = t.id and i.indisprimary
      order by t.name, a.attnum`)
    return names.flatMap(name => {
      const own = rows.filter(([table]) => table === name)
      const places = own.map((_, place) => place).filter(place => own[place]![5] !== null)
      const numbered = own.find(row => row[4])
      const table: Table = {
        name,
        columns: own.map(([, column, type, isPlain]) => ({
          name: String(column),
          ...(TYPES[String(type)] ?? { type: String(type) }),
          ...(isPlain ? {} : { type: `${type} in the order of a language` }),
        })),
        key: places.sort((a, b) => Number(own[a]![5]) - Number(own[b]![5])),
        numbered: numbered && String(numbered[1]),
      }
      return own.length > 0 ? [table] : []
    })
  }

  async steps(schema: string): Promise<string[]> {
    return this.#guarded(() => applied(this.#client, schema))
  }

  async lastNumber(table: Table): Promise<number> {
    if (table.numbered === undefined) return 0
    const [[last] = [0]] = await this.ask(
      sql`select coalesce(pg_sequence_last_value(${sequenceOf(table)}), 0)`,
    )
    return Number(last)
  }

  /** Writers wait; all is read as it is at this moment. */
  async hold(tables: readonly Table[]): Promise<void> {
    const names = sql.join(tables.map(({ name }) => sql.table(name)))
    await this.ask(sql`begin isolation level repeatable read`)
    await this.ask(sql`lock table ${names} in share mode`)
  }

  async migrate(schema: Schema<unknown>): Promise<void> {
    await migratePostgres({ url: this.#url, schema })
  }

  async put(table: Table, rows: readonly Row[], beside: Statement): Promise<void> {
    const { columns } = table
    const lists = columns.map((column, place) => {
      const values = rows.map(row => row[place])
      if (column.most !== undefined && values.some(value => Number(value) > column.most!))
        refuse(table, rows.find(row => Number(row[place]) > column.most!)!, column, 'is too large a number')
      // Each for itself, as a NUL stands in JSON in another way.
      return sql`json_array_elements_text(${new Written(JSON.stringify(values.map(encoded)))}::json)`
    })
    const names = columns.map((_, place) => sql.ref(`c${place}`))
    const values = columns.map(({ type }, place) =>
      type === 'integer' ? sql`${names[place]}::bigint` : names[place]!,
    )
    const insert = sql`insert into ${sql.table(table.name)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
      select ${sql.join(values)} from rows from (${sql.join(lists)}) as x (${sql.join(names)})`
    await this.ask(sql`with put as (${insert}) ${beside as RawBuilder<unknown>}`)
  }

  async numberAfter(table: Table, last: number): Promise<void> {
    if (table.numbered === undefined || last === 0) return
    await this.ask(sql`select setval(${sequenceOf(table)}, ${sql.lit(last)})`)
  }

  async together(statements: readonly Statement[]): Promise<void> {
    await this.ask(sql`begin`)
    try {
      await this.ask(sql`set local synchronous_commit = on`)
      for (const statement of statements) await this.ask(statement)
      await this.ask(sql`commit`)
    } catch (error) {
      await this.ask(sql`rollback`).catch(() => {})
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
  }

  /** Waits a moment for processes that ended: PostgreSQL may not have found out yet. */
  async #alone(role: 'source' | 'target'): Promise<void> {
    const end = systemClock.now() + PATIENCE_MS
    for (;;) {
      const problem = await this.#inUse(role)
      if (!problem) return
      if (systemClock.now() >= end) throw problem
      await sleep(systemClock, LOOK_MS)
    }
  }

  async #inUse(role: 'source' | 'target'): Promise<CopyError | undefined> {
    const { rows } = await this.#client.query(IN_USE)
    const { count } = rows[0]
    if (count > 0) {
      const what = `a Beadle has the ${role} ${this.place} open, with ${count} connections`
      return new CopyError('copy.in-use', what)
    }
    if (role === 'source') return undefined
    const locked = await this.#client.query('select pg_try_advisory_lock($1) as taken', [LOCK])
    if (locked.rows[0].taken) return undefined
    return new CopyError('copy.in-use', `something is being copied into ${this.place}`, STOP_IT)
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      throw cause instanceof CopyError ? cause : refusal(this.place, cause)
    }
  }
}

/** What is as it is to be written already. */
class Written {
  constructor(readonly text: string) {}
}

const written = (value: unknown): unknown => (value instanceof Written ? value.text : encoded(value))

const IN_USE = `select count(*)::integer as count from pg_stat_activity
  where datname = current_database() and application_name = 'beadle'`

const STOP_IT = 'Wait for its end, or stop it.'

const TABLES = sql`select c.relname as name, c.oid as id from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any(current_schemas(false)) and c.relkind in ('r', 'p') and not c.relispartition`

const sequenceOf = ({ name, numbered }: Table): RawBuilder<unknown> =>
  sql`pg_get_serial_sequence(${`"${name}"`}, ${numbered})::regclass`
