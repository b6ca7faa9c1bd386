import { systemClock } from '../base/clock.ts'
import { parseDuration } from '../base/duration.ts'
import { AppError } from '../base/errors.ts'

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

export const usage = (message: string): AppError => new AppError(message, { code: 'cli.usage' })
