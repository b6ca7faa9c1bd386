import { Document, type Node, Scalar } from 'yaml'
import { type EditValue, isList, isMap } from './edit-value.ts'

/** How a text stands in quotes, or without them. */
export type Quoting = 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE'

/** Longer lists are written a line for each item. */
const LONGEST_LINE = 80

/** A value on one line, as it may stand inside of `[ ]` and `{ }`, and anywhere else. */
export function inLine(value: EditValue, quoting?: Quoting): string {
  if (isList(value)) return `[${value.map(item => inLine(item)).join(', ')}]`
  if (!isMap(value)) return scalar(value, true, quoting)
  const pairs = Object.entries(value).map(([key, inner]) => `${scalar(key, true)}: ${inLine(inner)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

export interface Layout {
  /** Of the lines that belong to the value. */
  readonly indent: string
  /** By which each level is indented more. */
  readonly step: string
  readonly quoting?: Quoting | undefined
  /** Texts of several lines are written in quotes, on one. */
  readonly inQuotes?: boolean
}

/** What follows `key:` or `-`: a blank and the value, or lines, each begun with a line break. */
export function afterMark(value: EditValue, { indent, step, quoting, inQuotes = false }: Layout): string {
  const deeper = { indent: indent + step, step, inQuotes }
  if (isMap(value) && Object.keys(value).length > 0)
    return Object.entries(value)
      .map(([key, inner]) => `\n${indent}${keyText(key)}:${afterMark(inner, deeper)}`)
      .join('')
  if (isList(value)) {
    const line = inLine(value)
    const isSimple = value.every(item => !isList(item) && !isMap(item))
    if (isSimple && line.length <= LONGEST_LINE) return ` ${line}`
    const items = value.map(item => afterMark(item, { ...deeper, indent: `${indent}  ` }))
    // The first key of a map stands beside the dash.
    return items.map(item => `\n${indent}-${item.replace(/^\n */, ' ')}`).join('')
  }
  const asBlock = !inQuotes && quoting !== 'QUOTE_DOUBLE'
  if (asBlock && typeof value === 'string' && isText(value)) return block(value, indent)
  return ` ${isMap(value) ? '{}' : scalar(value, false, quoting)}`
}

export const keyText = (key: string, inFlow = false): string => scalar(key, inFlow)

/** Lines that can be written as they are. */
const isText = (value: string): boolean =>
  /^[^\s][^\n]*\n/.test(value) &&
  !/[^\S\n]\n|[^\S\n]$|\n\n$|[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(
    value,
  )

function block(value: string, indent: string): string {
  const lines = value.replace(/\n$/, '').split('\n')
  return ` ${value.endsWith('\n') ? '|' : '|-'}${lines.map(line => (line === '' ? '\n' : `\n${indent}${line}`)).join('')}`
}

/** A text of one line, a number or the like. */
function scalar(value: string | number | boolean | null, inFlow: boolean, quoting?: Quoting): string {
  // Written as JSON, which YAML is too, where there are line breaks and what else cannot be seen.
  if (
    typeof value === 'string' &&
    /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(value)
  )
    return JSON.stringify(value)
  const node = new Scalar(value)
  if (quoting && typeof value === 'string') node.type = quoting
  const document = new Document<Node>(inFlow ? [null] : { k: null })
  const root = document.contents as unknown as { flow: boolean; items: unknown[] }
  root.flow = inFlow
  if (inFlow) root.items[0] = node
  else (root.items[0] as { value: unknown }).value = node
  const text = document
    .toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false })
    .replace(/\n$/, '')
  return inFlow ? text.slice(1, -1) : text.slice('k: '.length)
}
