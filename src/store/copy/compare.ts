import { createHash, type Hash } from 'node:crypto'
import { CopyError } from './copy-error.ts'
import { pagesOf, rowOf } from './pages.ts'
import type { Side } from './side.ts'
import { compareKeys, isOdd, keyOf, type Row, saidKey, type Table } from './table.ts'

/** The rows of a table, one after the other, but for those whose place differs from engine to engine. */
class Rows {
  readonly #table: Table
  readonly #pages: AsyncGenerator<Row[]>
  #page: Row[] = []
  #place = 0
  /** Those, of the pages that were read. */
  odd: Row[] = []

  constructor(side: Side, table: Table) {
    this.#table = table
    this.#pages = pagesOf(side, table)
  }

  /** How many can be looked at without reading on; 0: there are no more, of this page or at all. */
  get ready(): number {
    return this.#page.length - this.#place
  }

  /** Whether there was a page more. */
  async readOn(): Promise<boolean> {
    const { value, done } = await this.#pages.next()
    if (done) return false
    this.#page = value.filter((row: Row) => !isOdd(this.#table, row))
    if (this.#page.length < value.length) this.odd = value.filter((row: Row) => isOdd(this.#table, row))
    this.#place = 0
    return true
  }

  next(): Row {
    return this.#page[this.#place++]!
  }
}

export interface Compared {
  readonly sides: { readonly source: Side; readonly target: Side }
  readonly tables: { readonly own: Table; readonly other: Table }
  /** Told of how many more rows are the same. */
  readonly onRows: (count: number) => void
}

/**
 * Reads a table of both sides from end to end, row by row.
 *
 * @returns SHA-256 of the rows, each as JSON with a line break, in the order of keys. Rows whose order differs from
 *   engine to engine follow at the end: the SHA-256 of each, in their order
 * @throws CopyError that names the first key at which they differ
 */
export async function compare({ sides, tables, onRows }: Compared): Promise<string> {
  const { own, other } = tables
  const hash = createHash('sha256')
  const source = new Rows(sides.source, own)
  const target = new Rows(sides.target, other)
  const odd: Buffer[] = []
  /** Reads on until there is something to look at, and looks up what is odd at the other side. */
  const ready = async (rows: Rows) => {
    while (rows.ready === 0 && (await rows.readOn())) {
      const found = rows.odd.splice(0)
      for (const row of found) {
        if (rows === source) odd.push(await sameAtTarget(sides.target, tables, row))
        else if (!(await rowOf(sides.source, own, keyOf(own, row))))
          differ(own, keyOf(own, row), 'is at the target only')
      }
      if (rows === source) onRows(found.length)
    }
    return rows.ready
  }
  for (;;) {
    const [here, there] = [await ready(source), await ready(target)]
    const count = Math.min(here, there)
    if (count === 0) {
      if (here > 0) differ(own, keyOf(own, source.next()), 'is not at the target')
      if (there > 0) differ(own, keyOf(own, target.next()), 'is at the target only')
      for (const one of odd.sort(Buffer.compare)) hash.update(one)
      return hash.digest('hex')
    }
    compareRows({ source, target, count, table: own }, hash)
    onRows(count)
  }
}

function compareRows(
  { source, target, count, table }: { source: Rows; target: Rows; count: number; table: Table },
  hash: Hash,
): void {
  let lines = ''
  for (let each = 0; each < count; each++) {
    const [row, copied] = [source.next(), target.next()]
    const line = JSON.stringify(row)
    if (line !== JSON.stringify(copied)) tellDifference(table, row, copied)
    lines += `${line}\n`
  }
  hash.update(lines)
}

/** The SHA-256 of a row that the target has, too. */
async function sameAtTarget(target: Side, { own, other }: Compared['tables'], row: Row): Promise<Buffer> {
  const copied = await rowOf(target, other, keyOf(own, row))
  if (!copied) return differ(own, keyOf(own, row), 'is not at the target')
  const line = JSON.stringify(row)
  if (line !== JSON.stringify(copied)) tellDifference(own, row, copied)
  return createHash('sha256').update(`${line}\n`).digest()
}

function tellDifference(table: Table, row: Row, copied: Row): never {
  const [key, otherKey] = [keyOf(table, row), keyOf(table, copied)]
  const order = compareKeys(key, otherKey)
  if (order < 0) differ(table, key, 'is not at the target')
  if (order > 0) differ(table, otherKey, 'is at the target only')
  const names = table.columns.filter((_, place) => row[place] !== copied[place]).map(({ name }) => name)
  return differ(table, key, `differs in ${names.join(', ')}`)
}

function differ(table: Table, key: Row, how: string): never {
  throw new CopyError('copy.differs', `${table.name} (${saidKey(key)}) ${how}`)
}
