import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isScalar, parse, parseDocument, stringify, type YAMLMap } from 'yaml'
import { AppError } from '../../base/errors.ts'
import { shown } from './new-files.ts'

/** The file of a bot with one plugin more; all else in it is as it was, to the letter. */
export interface BotEdit {
  readonly file: string
  readonly text: string
}

type Settings = Readonly<Record<string, unknown>>

/**
 * What the file of a bot is with a plugin added to it.
 *
 * @throws AppError `new.bot-file` when that cannot be done
 */
export function withPlugin(file: string, plugin: string, settings: Settings): BotEdit {
  const before = readFileSync(file, 'utf8')
  const document = parseDocument(before)
  const cannot = (why: string) =>
    new AppError(`plugin ${plugin} cannot be added to ${shown(file)}: ${why}`, {
      code: 'new.bot-file',
      hint: 'Nothing was written.',
    })
  const [error] = document.errors
  if (error) throw cannot(error.message.split('\n')[0]!)
  if (document.contents !== null && !isMap(document.contents)) throw cannot('it is no map of settings')
  const plugins = document.get('plugins')
  if (plugins !== undefined && plugins !== null && !isMap(plugins)) throw cannot('plugins is no map')
  if (isMap(plugins) && plugins.has(plugin)) throw cannot('it has a plugin of this name')
  const text = inserted(before, document, plugins ?? undefined, { [plugin]: settings })
  const value = (document.toJS() ?? {}) as { readonly plugins?: object | null }
  const wanted = { ...value, plugins: { ...value.plugins, [plugin]: settings } }
  if (!isDeepStrictEqual(readBack(text), wanted)) throw cannot('write it there by hand, under plugins')
  return { file, text }
}

/** Nobody reads half of it. */
export function saveEdit({ file, text }: BotEdit): void {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, file)
}

function inserted(text: string, document: Document, plugins: YAMLMap | undefined, entry: Settings): string {
  if (plugins?.range && plugins.items.length === 0) {
    const [start, end] = plugins.range
    return `${text.slice(0, start).trimEnd()}\n${block(entry, 2)}${text.slice(end).replace(/^\n/, '')}`
  }
  if (plugins?.range && plugins.flow) {
    const end = text.lastIndexOf('}', plugins.range[1])
    const more = JSON.stringify(entry).slice(1, -1)
    return `${text.slice(0, end).trimEnd()}, ${more} ${text.slice(end)}`
  }
  if (plugins) return insertedAfter(text, plugins, entry)
  const key = isMap(document.contents)
    ? document.contents.items.find(({ key }) => isScalar(key) && key.value === 'plugins')?.key
    : undefined
  if (!isScalar(key) || !key.range)
    return `${text.replace(/\n*$/, text === '' ? '' : '\n')}plugins:\n${block(entry, 2)}`
  const end = lineEnd(text, key.range[1])
  return `${text.slice(0, end)}\n${block(entry, 2)}${text.slice(end + 1)}`
}

function insertedAfter(text: string, { items }: YAMLMap, entry: Settings): string {
  const first = items[0]!.key as { readonly range?: readonly number[] }
  const last = items.at(-1)!
  const node = (last.value ?? last.key) as { readonly range?: readonly number[] }
  const [at = 0] = first.range ?? []
  const valueEnd = node.range?.[1] ?? 0
  const indent = at - (text.lastIndexOf('\n', at - 1) + 1)
  const end = text[valueEnd - 1] === '\n' ? valueEnd - 1 : lineEnd(text, valueEnd)
  return `${text.slice(0, end)}\n${block(entry, indent)}${text.slice(end + 1)}`
}

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

const block = (entry: Settings, indent: number): string =>
  stringify(entry, { lineWidth: 0 }).replace(/^(?=.)/gm, ' '.repeat(indent))

function readBack(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
