import { inspect } from 'node:util'
import type { MessageRecord } from '../protocol/index.ts'

/**
 * What a message is to be: its text, a pattern that its text has, or some of its fields. Of a field that is an object,
 * such as `msg_body`, only what is named has to be there.
 */
export type Expected = string | RegExp | Partial<MessageRecord>

/** Longest message that an error shows. */
const SHOWN_CHARS = 500

export const textOf = ({ msg_type, msg_body }: MessageRecord): string | undefined =>
  msg_type === 'text' ? String(msg_body.text) : undefined

export function isExpected(expected: Expected, message: MessageRecord): boolean {
  if (typeof expected === 'string') return textOf(message) === expected
  if (expected instanceof RegExp) {
    const text = textOf(message)
    // As if it were new: a pattern with the flag g remembers where it was.
    return text !== undefined && new RegExp(expected.source, expected.flags.replace(/[gy]/g, '')).test(text)
  }
  return has(message, expected)
}

/** Whether a value has all that is named in another. */
function has(value: unknown, wanted: unknown): boolean {
  if (wanted instanceof RegExp) return typeof value === 'string' && wanted.test(value)
  if (Array.isArray(wanted))
    return (
      Array.isArray(value) && value.length === wanted.length && wanted.every((one, at) => has(value[at], one))
    )
  if (typeof wanted !== 'object' || wanted === null) return Object.is(value, wanted)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(wanted).every(([key, one]) => has((value as Record<string, unknown>)[key], one))
}

const clipped = (text: string): string =>
  text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text

/** A message in one line, for an error: a text in quotes, others with their body. */
export function shown(message: MessageRecord): string {
  const text = textOf(message)
  if (text !== undefined) return clipped(JSON.stringify(text))
  return clipped(`${message.msg_type} ${JSON.stringify(message.msg_body)}`)
}

export function shownExpected(expected: Expected): string {
  if (typeof expected === 'string') return clipped(JSON.stringify(expected))
  if (expected instanceof RegExp) return `something like ${expected}`
  return clipped(inspect(expected, { breakLength: Number.POSITIVE_INFINITY, depth: 5 }))
}
