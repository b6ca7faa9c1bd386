import { existsSync, readFileSync } from 'node:fs'
import { asError } from '../../base/errors.ts'
import { type FilePlace, sourcePlace } from '../../runtime/plugin/loading/compiling.ts'
import { ConfigError } from '../config/index.ts'

/** Something in the files of a project that has to be mended. */
export interface Trouble {
  readonly message: string
  readonly hint?: string | undefined
  /** Where it is, if that is known. */
  readonly place?: FilePlace | undefined
  /** The lines around it. */
  readonly frame?: string | undefined
}

/** Lines above and below the one that is shown. */
const AROUND = 2
const LONGEST_LINE = 160

/** What is wrong, each with its place. */
export function troublesOf(errors: readonly unknown[]): Trouble[] {
  return errors.flatMap(thrown =>
    thrown instanceof ConfigError ? ofConfig(thrown) : [ofError(asError(thrown))],
  )
}

function ofConfig({ problems }: ConfigError): Trouble[] {
  return problems.map(({ file, line, column, field, message, hint, cause }) => {
    const inCode = cause && ofError(cause)
    if (inCode?.place) return inCode
    const place = line > 0 ? { file, line, column } : undefined
    const subject = [place ? '' : file, field].filter(part => part !== '').join('  ')
    return { message: subject ? `${subject}: ${message}` : message, hint, place, frame: frameAt(place) }
  })
}

function ofError(error: Error): Trouble {
  const innermost = causeOf(error)
  const place = placeOf(innermost)
  const { hint } = error as { hint?: unknown }
  return {
    message: place ? shortOf(innermost) : error.message,
    // What it says beside the place goes without saying.
    hint: !place && typeof hint === 'string' ? hint : undefined,
    place,
    frame: frameAt(place),
  }
}

function causeOf(error: Error): Error {
  return error.cause instanceof Error ? causeOf(error.cause) : error
}

const PARSING = /^ParseError: ([\s\S]*?)\s+(\/[^\n]*|[A-Za-z]:\\[^\n]*):(\d+):(\d+)\s*$/
const MISSING = /^Cannot find (?:module|package) '([^']+)'/
const FRAME = /^\s+at (?:.* \()?(?:file:\/\/)?((?:\/|[A-Za-z]:\\)[^\n]*?):(\d+):(\d+)\)?$/
const OTHERS = /[\\/]node_modules[\\/]/

function shortOf(error: Error): string {
  const [, reason] = PARSING.exec(error.message) ?? []
  return reason?.trim() ?? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message.split('\n')[0]}`
}

/** Where an error of a plugin's code is. */
function placeOf(error: Error): FilePlace | undefined {
  const [, , file, line, column] = PARSING.exec(error.message) ?? []
  if (file !== undefined) return { file, line: Number(line), column: Number(column) + 1 }
  const importer = importerIn(error)
  if (importer) return importer
  for (const text of (error.stack ?? '').split('\n')) {
    const [, at, row, col] = FRAME.exec(text) ?? []
    if (at === undefined || OTHERS.test(at) || isOurs(at) || !existsSync(at)) continue
    return sourcePlace({ file: at, line: Number(row), column: Number(col) })
  }
  return undefined
}

/** Where what is not there is imported. */
function importerIn({ message }: Error): FilePlace | undefined {
  const [, name] = MISSING.exec(message) ?? []
  const [, file] = /\n- ([^\n]+)/.exec(message) ?? []
  if (name === undefined || file === undefined || OTHERS.test(file) || !existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const at = lines.findIndex(line => line.includes(`'${name}'`) || line.includes(`"${name}"`))
  if (at < 0) return { file, line: 1, column: 1 }
  return { file, line: at + 1, column: lines[at]!.indexOf(name) + 1 }
}

const HERE = new URL('../..', import.meta.url).pathname

/** Beadle's own files are not those in which something is to be mended. */
const isOurs = (file: string): boolean => file.startsWith(HERE)

function frameAt(place: FilePlace | undefined): string | undefined {
  if (!place || !existsSync(place.file)) return undefined
  const lines = readFileSync(place.file, 'utf8').split('\n')
  const first = Math.max(1, place.line - AROUND)
  const last = Math.min(lines.length, place.line + AROUND)
  const width = String(last).length
  const shown: string[] = []
  for (let line = first; line <= last; line++) {
    const text = (lines[line - 1] ?? '').replaceAll('\t', ' ').slice(0, LONGEST_LINE)
    const isIt = line === place.line
    shown.push(`${isIt ? '>' : ' '} ${String(line).padStart(width)} | ${text}`.trimEnd())
    if (isIt && place.column <= LONGEST_LINE)
      shown.push(`  ${' '.repeat(width)} | ${' '.repeat(place.column - 1)}^`)
  }
  return shown.join('\n')
}
