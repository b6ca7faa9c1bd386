import { readFileSync } from 'node:fs'
import { systemClock } from '../base/clock.ts'
import { parseDuration } from '../base/duration.ts'
import { AppError, asError } from '../base/errors.ts'

/** Rows that can be asked for. */
const MOST_ROWS = 100_000

/** @throws AppError `cli.usage` */
export function readLimit(text: string, most = MOST_ROWS): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= most) return limit
  throw usage(`--limit ${text}: must be a number from 1 to ${most}`)
}

/** A time: how long ago, such as `1h`, or a date. @throws AppError `cli.usage` */
export function readSince(text: string): number {
  const ago = parseDuration(text)
  const at = ago === undefined ? Date.parse(text) : systemClock.now() - ago
  if (Number.isFinite(at) && at >= 0) return at
  throw usage(`--since ${text}: must be a length of time such as 1h or 2d, or a date such as 2026-01-31`)
}

/** @throws AppError `cli.usage` */
export function readWait(text: string): number {
  const ms = text === '0' ? 0 : parseDuration(text)
  if (ms !== undefined) return ms
  throw usage(`--wait ${text}: must be a length of time such as 10s`)
}

/** What stands in a file that an option names. @throws AppError `cli.usage` */
export function readIn(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    const why = (thrown as NodeJS.ErrnoException).code ?? asError(thrown).message
    throw usage(`${option} ${file}: cannot be read (${why})`)
  }
}

/** A JSON object, or the one that stands in `@FILE`. @throws AppError `cli.usage` */
export function readObject(option: string, text: string): Record<string, unknown> {
  const isFile = text.startsWith('@')
  const json = isFile ? readIn(option, text.slice(1)) : text
  const value = parsed(json)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw usage(`${option}${isFile ? ` ${text}` : ''}: must be a JSON object, or @FILE with one in it`)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

export const usage = (message: string): AppError => new AppError(message, { code: 'cli.usage' })
