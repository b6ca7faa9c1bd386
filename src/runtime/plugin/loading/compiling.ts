import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { extname } from 'node:path'
import { createJiti, type TransformOptions } from 'jiti'

/** Makes JavaScript of the files of plugins, and leaves nothing on disk. */
const compiler = createJiti(import.meta.url, { fsCache: false })

/** What jiti is to make JavaScript of. */
export type Compiling = TransformOptions

export const compile = (options: Compiling): string => compiler.transform(options)

/** jiti puts so many characters of its own in front of the first line. */
const WRAPPER =
  '(async function (exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve) { '
const MAP = /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,(\S+)/

/** A place in a file, from 1. */
export interface FilePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where in the source of a plugin's file a place of the JavaScript is that was made of it; the line stays the same. */
export function sourcePlace({ file, line, column }: FilePlace): FilePlace {
  try {
    const at = line === 1 ? column - WRAPPER.length : column
    const source = readFileSync(file, 'utf8')
    const isTypeScript = /^\.[cm]?tsx?$/.test(extname(file))
    const babel = { sourceFileName: file, sourceMaps: 'inline' }
    const code = compile({ source, filename: file, ts: isTypeScript, async: true, babel } as Compiling)
    const [, map] = MAP.exec(code) ?? []
    if (!map) return { file, line, column: Math.max(1, at) }
    const found = new SourceMap(JSON.parse(Buffer.from(map, 'base64').toString())).findEntry(line - 1, at - 1)
    const isThere = 'originalLine' in found && found.originalLine === line - 1
    return { file, line, column: isThere ? found.originalColumn + 1 : 1 }
  } catch {
    return { file, line, column: 1 }
  }
}
