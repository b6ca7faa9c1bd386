import { notUtf8, textOf } from '../bodies.ts'

/** The body of a call. */
export interface ParsedBody {
  readonly text: string
  readonly value: unknown
  /** Whether the text is JSON; else it is a form, or empty. */
  readonly isJson: boolean
}

/** JSON, also where the sender calls it a form, as curl does unless told otherwise; else a form. */
export function parseBody(bytes: Buffer, contentType = ''): ParsedBody | { readonly problem: string } {
  const text = textOf(bytes)
  if (text === undefined) return { problem: notUtf8(contentType) }
  if (text === '') return { text, value: {}, isJson: false }
  try {
    return { text, value: JSON.parse(text), isJson: true }
  } catch {
    if (!contentType.startsWith('application/x-www-form-urlencoded')) {
      return { problem: 'the body must be JSON' }
    }
    const form = new URLSearchParams(text)
    return isGarbled(form, text)
      ? { problem: notUtf8(contentType) }
      : { text, value: Object.fromEntries(form), isJson: false }
  }
}

/** Whether a form's escapes are of another charset: they are read as U+FFFD then, which the form itself did not hold. */
const isGarbled = (form: URLSearchParams, text: string): boolean =>
  form.toString().includes('%EF%BF%BD') && !/%EF%BF%BD|\ufffd/i.test(text)
