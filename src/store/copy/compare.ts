import { createHash } from 'node:crypto'
import { CopyError } from './copy-error.ts'
import { pagesOf } from './pages.ts'
import type { Side } from './side.ts'
import { compareKeys, keyOf, type Row, saidKey, type Table } from './table.ts'

/** The rows of a table, one after the other. */
class Rows {
  readonly #pages: AsyncGenerator<Row[]>
  #page: Row[] = []
  #place = 0

  constructor(side: Side, table: Table) {
    this.#pages = pagesOf(side, table)
  }

  /** How many can be looked at without reading on; 0: there are no more. */
  async ready(): Promise<number> {
    if (this.#place === this.#page.length) {
      this.#page = (await this.#pages.next()).value ?? []
      this.#place = 0
    }
    return this.#page.length - this.#place
  }

  next(): Row {
    return this.#page[this.#place++]!
  }
}

/**
 * Reads a table of both sides from end to end, row by row.
 *
 * @param onRows  told of how many more rows are the same
 * @returns SHA-256 of the rows, each as JSON with a line break, in the order of keys
 * @throws CopyError that names the first key at which they differ
 */
export async function compare(
  sides: { readonly source: Side; readonly target: Side },
  tables: { readonly own: Table; readonly other: Table },
  onRows: (count: number) => void,
): Promise<string> {
  const { own, other } = tables
  const hash = createHash('sha256')
  const source = new Rows(sides.source, own)
  const target = new Rows(sides.target, other)
  for (;;) {
    const [here, there] = [await source.ready(), await target.ready()]
    const count = Math.min(here, there)
    if (count === 0) {
      if (here > 0) differ(own, keyOf(own, source.next()), 'is not at the target')
      if (there > 0) differ(own, keyOf(own, target.next()), 'is at the target only')
      return hash.digest('hex')
    }
    let lines = ''
    for (let each = 0; each < count; each++) {
      const [row, copied] = [source.next(), target.next()]
      const line = JSON.stringify(row)
      if (line !== JSON.stringify(copied)) tellDifference(own, row, copied)
      lines += `${line}\n`
    }
    hash.update(lines)
    onRows(count)
  }
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
