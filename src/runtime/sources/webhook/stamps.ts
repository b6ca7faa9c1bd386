import { formatDuration, parseDuration } from '../../../base/duration.ts'
import { DEFAULT_TOLERANCE_MS, type SignedTimestamp } from './webhook-auth.ts'

/** From here on a time is one in ms: as seconds it would be in the year 5138. */
const LEAST_MS = 100_000_000_000

/** The time of a call, in epoch ms; `undefined` if the text is none. Of seconds, unless `mayBeMs`. */
export function timeOfStamp(text: string, mayBeMs = false): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined
  const given = Number(text)
  return mayBeMs && given >= LEAST_MS ? given : given * 1000
}

/** Longer is not told: the time may be anything. */
const LONGEST_TOLD_MS = 3650 * 86_400_000

/** As the header of a call tells the time. */
export const stampOf = (now: number): string => String(Math.floor(now / 1000))

/** What of an auth's tolerance is written; in ms. */
export function toleranceMs(tolerance: string | number | undefined): number {
  const ms = typeof tolerance === 'string' ? parseDuration(tolerance) : tolerance
  return ms ?? DEFAULT_TOLERANCE_MS
}

/** What is wrong with the time of a call, if it is too far from now. */
export function whatIsStale(at: number, now: number, allowedMs: number): string | undefined {
  // Senders tell whole seconds: a time of this second may be one that is not over.
  const ageMs = now - at
  if (Math.abs(ageMs) <= allowedMs) return undefined
  const by = formatDuration(Math.ceil(Math.min(Math.abs(ageMs), LONGEST_TOLD_MS) / 1000) * 1000)
  const allowed = `at most ${formatDuration(allowedMs)} are allowed`
  return ageMs > 0
    ? `The call was signed ${by} ago; ${allowed}. Sign it anew each time that it is sent.`
    : `The call was signed ${by} in the future; ${allowed}. Is the clock of the sender right?`
}

/** What stands in front of the time that is signed, and between it and the body. */
export function framesOf({ signs = 'timestamp.body' }: SignedTimestamp): readonly [string, string] {
  const [, before = '', between = ''] = /^(.*?)timestamp(.*)body$/s.exec(signs) ?? []
  return [before, between]
}
