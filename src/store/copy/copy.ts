import { SqliteDialect } from 'kysely'
import Database from 'libsql'
import { isPostgres } from '../../base/postgres-url.ts'
import { IN_MEMORY } from '../connection.ts'
import { migrate } from '../migrate.ts'
import { missingSteps, UNFINISHED } from '../steps.ts'
import type { Schema } from '../store.ts'
import { compare } from './compare.ts'
import { CopyError } from './copy-error.ts'
import { begin, type Entry, finish, noted, resume, unfinished } from './ledger.ts'
import { extentOf, pagesOf } from './pages.ts'
import type { Side, Source, Target } from './side.ts'
import { fitted, keyOf, type Table, without } from './table.ts'

export interface CopyOptions {
  /** Path of an SQLite file, or `postgres://…`. */
  readonly from: string
  /** As {@link from}. An SQLite file is made if it is not there. */
  readonly to: string
  /** Whose tables: those of them that the source has. */
  readonly schemas: readonly Schema<unknown>[]
  /** Told of how far it is, often. */
  readonly onProgress?: (progress: CopyProgress) => void
  /** Ends it between two pages. */
  readonly signal?: AbortSignal
}

export interface CopyProgress {
  /** First all tables are copied, then all are read again and compared. */
  readonly phase: 'copy' | 'verify'
  readonly table: string
  /** Of all tables; those that an earlier run copied among them. */
  readonly rows: number
  readonly total: number
  /** Of these, what was copied by an earlier run. */
  readonly before: number
}

export interface CopyResult {
  readonly schemas: readonly string[]
  /** Whether an earlier run had begun it. */
  readonly resumed: boolean
  /** Whether an earlier run had finished it: nothing was copied, all of it was compared. */
  readonly already: boolean
  readonly tables: readonly {
    readonly table: string
    readonly rows: number
    /** SHA-256 of its rows, the same on both sides. */
    readonly checksum: string
  }[]
}

/**
 * Copies the tables of schemas from a database into an empty one, and compares all of it in the end. Nobody else uses
 * either meanwhile. One that was cut short, however that came, is taken up where it ended.
 *
 * @throws CopyError, StoreError
 */
export async function copyStore(options: CopyOptions): Promise<CopyResult> {
  const source: Source = await open(options.from, 'source')
  try {
    const schemas = await present(source, options.schemas)
    const target: Target = await open(options.to, 'target')
    try {
      return await new Copy(source, target, options).run(schemas)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function open(url: string, role: 'source' | 'target'): Promise<Source & Target> {
  if (isPostgres(url)) return (await import('./postgres-side.ts')).PostgresSide.open(url, role)
  return (await import('./sqlite-side.ts')).SqliteSide.open(url, role)
}

/** The schemas that a source has, all of this version. */
async function present(source: Side, schemas: readonly Schema<unknown>[]): Promise<Schema<unknown>[]> {
  const there: Schema<unknown>[] = []
  for (const schema of schemas) {
    const steps = await source.steps(schema.name)
    if (steps.length === 0) continue
    if (missingSteps(source.place, Object.keys(schema.migrations), steps).length > 0)
      throw new CopyError('copy.outdated', `the source ${source.place} is of an older version`)
    there.push(schema)
  }
  if (there.length > 0) return there
  const names = schemas.map(({ name }) => name).join(' or ')
  throw new CopyError('copy.nothing', `the source ${source.place} has no tables of ${names}`)
}

class Copy {
  readonly #source: Source
  readonly #target: Target
  readonly #options: CopyOptions
  /** By name: the target's. */
  readonly #others = new Map<string, Table>()

  constructor(source: Source, target: Target, options: CopyOptions) {
    this.#source = source
    this.#target = target
    this.#options = options
  }

  async run(schemas: readonly Schema<unknown>[]): Promise<CopyResult> {
    const names = schemas.map(({ name }) => name)
    const begun = await unfinished(this.#target, names)
    for (const schema of schemas) await this.#prepare(schema, begun !== undefined)
    const entries = await this.#entries(schemas)
    const verify = new Progress('verify', entries, this.#options)
    if (begun !== undefined) {
      await resume(this.#target, begun, entries)
    } else if (await this.#isEmpty(entries)) {
      await begin(this.#target, this.#source, entries)
    } else {
      return { schemas: names, resumed: false, already: true, tables: await this.#recognize(entries, verify) }
    }
    const copied = new Progress('copy', entries, this.#options)
    for (const entry of entries) await this.#copy(entry, copied)
    const tables = await this.#compare(entries, verify)
    await finish(this.#target, entries)
    return { schemas: names, resumed: begun !== undefined, already: false, tables }
  }

  async #prepare(schema: Schema<unknown>, resumed: boolean): Promise<void> {
    const { place } = this.#target
    const steps = (await this.#target.steps(schema.name)).filter(step => !resumed || step !== UNFINISHED)
    if (steps.length === 0) return this.#target.migrate(schema)
    if (missingSteps(place, Object.keys(schema.migrations), steps).length > 0)
      throw new CopyError('copy.outdated', `the target ${place} is of an older version`)
  }

  async #entries(schemas: readonly Schema<unknown>[]): Promise<Entry[]> {
    const found: { schema: string; table: Table }[] = []
    for (const schema of schemas) {
      const names = await tablesOf(schema)
      const read = async (side: Side) =>
        (await side.tables(names)).map(table => without(schema.filled ?? [], table))
      const [own, others] = [await read(this.#source), await read(this.#target)]
      for (const table of own) {
        const other = others.find(({ name }) => name === table.name)
        if (!other) throw new CopyError('copy.columns', `the target has no table ${table.name}`)
        this.#others.set(table.name, fitted(table, other))
        found.push({ schema: schema.name, table })
      }
    }
    await this.#source.hold(found.map(({ table }) => table))
    const entries: Entry[] = []
    for (const one of found) {
      const extent = await extentOf(this.#source, one.table)
      const begun = { count: extent.count, extent: JSON.stringify(extent), done: 0, at: undefined }
      entries.push({ ...one, ...begun })
    }
    return entries
  }

  /**
   * Whether the target has no rows.
   *
   * @throws CopyError when it has others than the source
   */
  async #isEmpty(entries: readonly Entry[]): Promise<boolean> {
    const counts: number[] = []
    for (const { table } of entries)
      counts.push((await extentOf(this.#target, this.#others.get(table.name)!)).count)
    if (counts.every(count => count === 0)) return true
    if (entries.every(({ count }, place) => count === counts[place])) return false
    const place = counts.findIndex(count => count > 0)
    const rows = `${counts[place]} ${counts[place] === 1 ? 'row' : 'rows'}`
    return this.#refuse(`table ${entries[place]!.table.name} has ${rows}`)
  }

  /** A copy that is whole: an earlier run could have ended before it said so. */
  async #recognize(entries: readonly Entry[], progress: Progress): Promise<CopyResult['tables']> {
    try {
      return await this.#compare(entries, progress)
    } catch (error) {
      if (!(error instanceof CopyError) || error.code !== 'copy.differs') throw error
      return this.#refuse(`it is no copy of the source, ${error.message}`)
    }
  }

  #refuse(why: string): never {
    throw new CopyError('copy.not-empty', `the target ${this.#target.place} is not empty: ${why}`)
  }

  async #copy(entry: Entry, progress: Progress): Promise<void> {
    const other = this.#others.get(entry.table.name)!
    for await (const rows of pagesOf(this.#source, entry.table, entry.at)) {
      entry.at = keyOf(entry.table, rows.at(-1)!)
      entry.done += rows.length
      await this.#target.put(other, rows, noted(entry))
      progress.more(entry.table, rows.length)
    }
    const last = await this.#source.lastNumber(entry.table)
    const { ends } = await extentOf(this.#target, other)
    const isNumber = other.numbered !== undefined && other.columns[other.key[0]!]!.name === other.numbered
    await this.#target.numberAfter(other, Math.max(last, isNumber ? Number(ends[1]?.[0] ?? 0) : 0))
  }

  async #compare(entries: readonly Entry[], progress: Progress): Promise<CopyResult['tables']> {
    const sides = { source: this.#source, target: this.#target }
    const tables: { table: string; rows: number; checksum: string }[] = []
    for (const { table, count } of entries) {
      const both = { own: table, other: this.#others.get(table.name)! }
      const onRows = (rows: number) => progress.more(table, rows)
      const checksum = await compare({ sides, tables: both, onRows })
      tables.push({ table: table.name, rows: count, checksum })
    }
    return tables
  }
}

/** The tables that a schema comes to have and that are copied. */
async function tablesOf(schema: Schema<unknown>): Promise<string[]> {
  const database = new Database(IN_MEMORY)
  const dialect = new SqliteDialect({ database: database as never })
  await migrate({ database, dialect, schema, url: IN_MEMORY })
  const rows = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!'")
    .all() as { name: string }[]
  database.close()
  const others = new Set([`${schema.name}_migration`, ...(schema.fleeting ?? [])])
  return rows.map(({ name }) => name).filter(name => !others.has(name))
}

/** How far it is with all tables. */
class Progress {
  readonly #options: CopyOptions
  readonly #phase: CopyProgress['phase']
  readonly #total: number
  readonly #before: number
  #rows: number

  constructor(phase: CopyProgress['phase'], entries: readonly Entry[], options: CopyOptions) {
    this.#options = options
    this.#phase = phase
    this.#total = entries.reduce((sum, { count }) => sum + count, 0)
    this.#before = phase === 'copy' ? entries.reduce((sum, { done }) => sum + done, 0) : 0
    this.#rows = this.#before
  }

  /** @throws CopyError `copy.interrupted` */
  more({ name: table }: Table, rows: number): void {
    this.#rows += rows
    const [phase, total] = [this.#phase, this.#total]
    this.#options.onProgress?.({ phase, table, rows: this.#rows, total, before: this.#before })
    if (!this.#options.signal?.aborted) return
    const percent = Math.floor((this.#rows / total) * 100)
    throw new CopyError(
      'copy.interrupted',
      `interrupted at ${percent} % of ${phase === 'copy' ? 'the rows' : 'the comparison'}`,
    )
  }
}
