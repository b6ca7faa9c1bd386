import { SIGN } from '../postgres/texts.ts'
import { CopyError } from './copy-error.ts'

/** What stands in a column: the same on both engines, as it is read. */
export type Value = string | number | null
export type Row = readonly Value[]

export interface Column {
  readonly name: string
  /** `text`, sorted by its bytes; `integer`; or what else the engine calls it, which is not copied. */
  readonly type: string
  /** The highest number that has room. */
  readonly most?: number
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** The primary key: places of its columns among the columns. */
  readonly key: readonly number[]
  /** The column by which the database numbers the rows, if it does. */
  readonly numbered?: string | undefined
}

export const keyOf = ({ key }: Table, row: Row): Row => key.map(place => row[place]!)

/** What PostgreSQL holds in another way sorts otherwise there. */
const SORTS_OTHERWISE = new RegExp(`[\0${SIGN}]`)

/** Whether the place of a row among the others differs from engine to engine. */
export const isOdd = ({ key }: Table, row: Row): boolean =>
  key.some(place => typeof row[place] === 'string' && SORTS_OTHERWISE.test(row[place]))

/** How a row is named in messages. */
export const saidKey = (key: Row): string => key.map(value => JSON.stringify(value)).join(', ')

/** A table without some columns (`table.column`), none of which is of its key. */
export function without(columns: readonly string[], table: Table): Table {
  const left = table.columns.filter(({ name }) => !columns.includes(`${table.name}.${name}`))
  const key = table.key.map(place => left.indexOf(table.columns[place]!))
  return { ...table, columns: left, key }
}

/**
 * The table of the target as rows of the source's are put into it: with its columns in their order.
 *
 * @throws CopyError when the two differ in more than that, or cannot be copied
 */
export function fitted(source: Table, target: Table): Table {
  const problem = problemOf(source) ?? difference(source, target)
  if (problem) throw new CopyError('copy.columns', `table ${source.name}: ${problem}`)
  const columns = source.columns.map(({ name }) => target.columns.find(column => column.name === name)!)
  return { ...target, columns, key: source.key }
}

function problemOf({ columns, key }: Table): string | undefined {
  if (key.length === 0) return 'it has no primary key, by whose order it could be copied'
  const odd = columns.find(({ type }) => type !== 'text' && type !== 'integer')
  return odd && `column ${odd.name} is of type ${odd.type}, which is not copied`
}

function difference(source: Table, target: Table): string | undefined {
  const there = new Map(target.columns.map(column => [column.name, column]))
  for (const { name, type } of source.columns) {
    const other = there.get(name)
    if (!other) return `only the source has a column ${name}`
    if (other.type !== type) return `column ${name} is ${type} at the source and ${other.type} at the target`
    there.delete(name)
  }
  const [more] = there.keys()
  if (more !== undefined) return `only the target has a column ${more}`
  const [own, others] = [source, target].map(({ columns, key }) =>
    key.map(at => columns[at]!.name).join(', '),
  )
  return own === others ? undefined : `its key is (${own}) at the source and (${others}) at the target`
}

/** Which of two keys comes first: below 0, 0 or above, by the order of both engines; neither is odd. */
export function compareKeys(one: Row, other: Row): number {
  for (let place = 0; place < one.length; place++) {
    const [a, b] = [one[place], other[place]]
    if (a === b) continue
    if (typeof a === 'number' && typeof b === 'number') return a - b
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
  }
  return 0
}
