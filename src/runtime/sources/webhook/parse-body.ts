import { notUtf8, textOf } from '../bodies.ts'

/** As what bodies are taken. Without it: as JSON, or as a form. */
export const WEBHOOK_ACCEPTS = ['json', 'form', 'text', 'raw'] as const
export type WebhookAccept = (typeof WEBHOOK_ACCEPTS)[number]

/** The body of a call. */
export interface ParsedBody {
  /** For the plugin. */
  readonly value: unknown
  /** As it is written down: JSON holds it. */
  readonly stored: unknown
  /** `stored` as JSON, where it came as that. */
  readonly json?: string
  /** What has to be undone to what is written down. */
  readonly encoding?: 'base64'
}

/** What is wrong with a body. */
export interface BodyProblem {
  readonly status: 400 | 415
  readonly problem: string
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

export function parseBody(bytes: Buffer, contentType = '', accept?: WebhookAccept): ParsedBody | BodyProblem {
  if (accept === 'raw') return { value: bytes, stored: bytes.toString('base64'), encoding: 'base64' }
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  if (accept === 'json' && !isJsonType(type) && type !== '' && type !== 'text/plain')
    return wrongType(type, [JSON_TYPE])
  if (accept === 'form' && type !== FORM_TYPE && type !== '') return wrongType(type, [FORM_TYPE])
  const text = textOf(bytes)
  if (text === undefined) return wrong(notUtf8(contentType))
  if (accept === 'text') return { value: text, stored: text }
  if (accept === 'form') return parseForm(text, contentType)
  if (text === '') return accept === 'json' ? wrong('the body is empty; it must be JSON') : plain({})
  // Also where the sender calls it a form, as curl does unless told otherwise.
  try {
    return { ...plain(JSON.parse(text)), json: text }
  } catch {
    if (accept === undefined && type === FORM_TYPE) return parseForm(text, contentType)
    const mayBeJson = accept === 'json' || isJsonType(type) || type === '' || type.startsWith('text/')
    return mayBeJson ? wrong('the body must be JSON') : wrongType(type, [JSON_TYPE, FORM_TYPE])
  }
}

const plain = (value: unknown): ParsedBody => ({ value, stored: value })

function parseForm(text: string, contentType: string): ParsedBody | BodyProblem {
  const form = new URLSearchParams(text)
  return isGarbled(form, text) ? wrong(notUtf8(contentType)) : plain(Object.fromEntries(form))
}

const wrong = (problem: string): BodyProblem => ({ status: 400, problem })

const wrongType = (type: string, accepted: readonly string[]): BodyProblem => ({
  status: 415,
  problem: `the Content-Type ${type.slice(0, 60)} is not taken here; send ${accepted.join(' or ')}`,
})

const isJsonType = (type: string): boolean => /^(?:application|text)\/(?:[\w.+-]+\+)?json$/.test(type)

/** Whether a form's escapes are of another charset: they are read as U+FFFD then, which the form itself did not hold. */
const isGarbled = (form: URLSearchParams, text: string): boolean =>
  form.toString().includes('%EF%BF%BD') && !/%EF%BF%BD|\ufffd/i.test(text)
