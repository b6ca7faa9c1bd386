import { SqliteDialect, sql } from 'kysely'
import Database from 'libsql'
import { createFile } from '../connection.ts'
import type { AnyKysely } from '../dialect.ts'
import { applied, migrate } from '../migrate.ts'
import { patiently } from '../patience.ts'
import { builder } from '../query.ts'
import type { Schema } from '../store.ts'
import { refusal, StoreError } from '../store-error.ts'
import { CopyError } from './copy-error.ts'
import type { Source, Statement, Target } from './side.ts'
import type { Row, Table } from './table.ts'

/** A process that is about to end is waited for as long, in ms of real time. */
const PATIENCE_MS = 2000
const CACHE_KB = 64 * 1024

/** A file of SQLite, which no other process has open. */
export class SqliteSide implements Source, Target {
  readonly place: string
  readonly cutsTexts = true
  readonly #database: Database.Database
  readonly #dialect: SqliteDialect
  readonly #db: AnyKysely

  private constructor(path: string, database: Database.Database) {
    this.place = path
    this.#database = database
    this.#dialect = new SqliteDialect({ database: database as never })
    this.#db = builder(this.#dialect)
  }

  /** @throws CopyError `copy.in-use` when another process has it open, StoreError */
  static async open(path: string, role: 'source' | 'target'): Promise<SqliteSide> {
    try {
      if (role === 'target') createFile(path)
      return new SqliteSide(path, await patiently(() => openAlone(path, role), PATIENCE_MS))
    } catch (cause) {
      const error = refusal(path, cause)
      if (error.code !== 'store.locked') throw error
      throw new CopyError('copy.in-use', `another process has the ${role} ${path} open`)
    }
  }

  async ask(statement: Statement): Promise<Row[]> {
    const { sql: text, parameters } = statement.compile(this.#db)
    return this.#guarded(() => {
      const prepared = this.#database.prepare(text)
      if (prepared.reader) return prepared.raw(true).all(...parameters) as Row[]
      prepared.run(...parameters)
      return []
    })
  }

  async names(): Promise<string[]> {
    const rows = await this.ask(
      sql`select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' order by rowid`,
    )
    return rows.map(([name]) => String(name))
  }

  async tables(names: readonly string[]): Promise<Table[]> {
    const tables: Table[] = []
    for (const name of names) {
      const columns = await this.ask(sql`select name, type, pk from pragma_table_info(${name}) order by cid`)
      if (columns.length === 0) continue
      const [[made] = []] = await this.ask(sql`select sql from sqlite_master where name = ${name}`)
      const inKey = columns.flatMap(([, , pk], place) => (Number(pk) > 0 ? [{ place, pk: Number(pk) }] : []))
      const key = inKey.sort((a, b) => a.pk - b.pk).map(({ place }) => place)
      tables.push({
        name,
        columns: columns.map(([column, type]) => ({ name: String(column), type: typeOf(String(type)) })),
        key,
        numbered: /\bautoincrement\b/i.test(String(made)) ? String(columns[key[0]!]![0]) : undefined,
      })
    }
    return tables
  }

  async steps(schema: string): Promise<string[]> {
    return this.#guarded(() => applied(this.#database, schema))
  }

  async lastNumber({ name, numbered }: Table): Promise<number> {
    if (numbered === undefined) return 0
    const [[last] = [0]] = await this.ask(sql`select seq from sqlite_sequence where name = ${name}`)
    return Number(last)
  }

  /** Nobody else has it open. */
  async hold(): Promise<void> {}

  async migrate(schema: Schema<unknown>): Promise<void> {
    await migrate({ database: this.#database, dialect: this.#dialect, schema, url: this.place })
  }

  async put({ name, columns }: Table, rows: readonly Row[], beside: Statement): Promise<void> {
    const names = sql.join(columns.map(column => sql.ref(column.name)))
    const places = sql.join(columns.map(() => sql`?`))
    const { sql: text } = sql`insert into ${sql.table(name)} (${names}) values (${places})`.compile(this.#db)
    this.#transaction(() => {
      const insert = this.#database.prepare(text)
      for (const row of rows) insert.run(row as unknown[])
      this.#run(beside)
    })
  }

  async numberAfter({ name, numbered }: Table, last: number): Promise<void> {
    if (numbered === undefined || last === 0) return
    this.#transaction(() => {
      this.#run(sql`delete from sqlite_sequence where name = ${name}`)
      this.#run(sql`insert into sqlite_sequence (name, seq) values (${name}, ${last})`)
    })
  }

  async together(statements: readonly Statement[]): Promise<void> {
    this.#guarded(() => this.#database.exec('pragma synchronous = full'))
    this.#transaction(() => {
      for (const statement of statements) this.#run(statement)
    })
    this.#guarded(() => this.#database.exec('pragma synchronous = normal'))
  }

  async close(): Promise<void> {
    try {
      if (this.#database.inTransaction) this.#database.exec('rollback')
      // A target is all in its file then, and can be moved about.
      else this.#database.prepare('pragma wal_checkpoint(truncate)').all()
    } catch {
      // What is in the log is kept, too. Why it ended is what counts.
    }
    this.#database.close()
  }

  #run(statement: Statement): void {
    const { sql: text, parameters } = statement.compile(this.#db)
    this.#database.prepare(text).run(...parameters)
  }

  #transaction(work: () => void): void {
    this.#guarded(() => {
      this.#database.exec('begin immediate')
      try {
        work()
        this.#database.exec('commit')
      } catch (cause) {
        if (this.#database.inTransaction) this.#database.exec('rollback')
        throw cause
      }
    })
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      throw refusal(this.place, cause)
    }
  }
}

/** Whoever has a file open keeps others from locking it as a whole, though nothing be under way. */
function openAlone(path: string, role: 'source' | 'target'): Database.Database {
  let database: Database.Database | undefined
  try {
    database = new Database(path, { fileMustExist: true } as never)
    database.exec('pragma locking_mode = exclusive')
    if (role === 'target') database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = normal')
    database.exec(`pragma cache_size = -${CACHE_KB}`)
    database.exec('begin exclusive')
    // The lock stays; a source is in one transaction for as long as it is read.
    if (role === 'target') database.exec('commit')
    return database
  } catch (cause) {
    database?.close()
    throw cause instanceof StoreError ? cause : refusal(path, cause)
  }
}

/** By the affinity that SQLite gives it. */
function typeOf(declared: string): string {
  const type = declared.toLowerCase()
  if (type.includes('int')) return 'integer'
  return type === 'text' ? 'text' : type
}
