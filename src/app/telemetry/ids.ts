import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
/** Digits of an id, and how many of base 16 they are as one number that fits. */
const PARTS = [
  { from: 0, to: 10, hex: 12 },
  { from: 10, to: 18, hex: 10 },
  { from: 18, to: 26, hex: 10 },
] as const
const SPAN_ID_CHARS = 16
const SPAN_ID_BYTES = 8
const TRACE_ID_BYTES = 16

/**
 * The trace of an event: its id, which has 128 bits, as a number to the base of 16. So whoever has the one has the other,
 * in every process.
 */
export function traceOf(event: string): string {
  if (!ULID.test(event)) return newTrace()
  let hex = ''
  for (const { from, to, hex: digits } of PARTS) {
    let value = 0
    for (let at = from; at < to; at++) value = value * ALPHABET.length + ALPHABET.indexOf(event[at]!)
    hex += value.toString(16).padStart(digits, '0')
  }
  return hex
}

/** A trace for what does not come of an event. */
export const newTrace = (): string => randomBytes(TRACE_ID_BYTES).toString('hex')

/** The span of the acceptance of an event: known to what comes of it, also after a restart. */
export const rootSpanOf = (trace: string): string => trace.slice(-SPAN_ID_CHARS)

export const newSpan = (): string => randomBytes(SPAN_ID_BYTES).toString('hex')

/** Odd, and its bits are evenly spread. */
const MIX = 0x9e3779b1
const ALL = 2 ** 32

/**
 * Whether a trace is among a share of all: the same for all of its spans. Ids of one millisecond are neighbours, so that
 * their bits are mixed first.
 */
export function isAmong(trace: string, share: number): boolean {
  if (share >= 1) return true
  let mixed = 0
  for (let at = 0; at < trace.length; at += 8) {
    mixed = Math.imul(mixed ^ Number.parseInt(trace.slice(at, at + 8), 16), MIX)
    mixed ^= mixed >>> 15
  }
  return (mixed >>> 0) / ALL < share
}
