import { AppError } from '../../../base/errors.ts'

/** Whether an answer of a status has no body. */
export const hasNoBody = (status: number): boolean => status === 204 || status === 205 || status === 304

/** What a handler has a caller answered that waits for it. Can be sent between threads. */
export interface Reply {
  readonly status: number
  /** The body; of the type that the headers say. */
  readonly text: string
  /** In lower case, `content-type` among them. */
  readonly headers: Readonly<Record<string, string>>
}

/** What `answer` makes. */
export interface WebhookAnswer {
  readonly status?: number
  /** A text is sent as it is, all else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Largest body of an answer. */
const MOST_BYTES = 256 * 1024
const MOST_HEADERS = 20
const LONGEST_HEADER = 4000
const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/
/** The connection is not the plugin's. */
const NOT_ITS_OWN =
  /^(?:connection|content-length|content-encoding|date|keep-alive|te|trailer|transfer-encoding|upgrade)$/

const JSON_TYPE = 'application/json'
const TEXT_TYPE = 'text/plain; charset=utf-8'

class Answered implements Reply {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>

  constructor({ status, text, headers }: Reply) {
    this.status = status
    this.text = text
    this.headers = headers
  }
}

/**
 * What a webhook with `wait` answers, in place of 200 and JSON.
 *
 * @throws AppError `webhook.answer` when it cannot be sent: a status that is none (200 to 599), a header that may not be
 *   set, a body of more than 256 KiB
 */
export function answer({ status = 200, body, headers = {} }: WebhookAnswer): Reply {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    refuse('status must be an integer from 200 to 599')
  const sent = headersOf(headers)
  const { type, text } = body === undefined || hasNoBody(status) ? NO_BODY : written(body)
  return new Answered({ status, text, headers: { ...(type ? { 'content-type': type } : {}), ...sent } })
}

const NO_BODY = { type: undefined, text: '' }

function headersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  if (entries.length > MOST_HEADERS) refuse(`headers has more than ${MOST_HEADERS}`)
  for (const [name, value] of entries) {
    if (!HEADER.test(name) || NOT_ITS_OWN.test(name)) refuse(`headers: '${name.slice(0, 100)}' cannot be set`)
    if (typeof value !== 'string' || value.length > LONGEST_HEADER || !/^[\t\x20-\x7e]*$/.test(value))
      refuse(`headers.${name} must be ASCII without line breaks, of at most ${LONGEST_HEADER} characters`)
  }
  return Object.fromEntries(entries)
}

function written(body: unknown): { readonly type: string; readonly text: string } {
  const isText = typeof body === 'string'
  const text = isText ? body : jsonOf(body)
  if (Buffer.byteLength(text) > MOST_BYTES) refuse(`body is over ${MOST_BYTES} bytes`)
  return { type: isText ? TEXT_TYPE : JSON_TYPE, text }
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    return refuse('body must be what JSON can hold')
  }
}

function refuse(what: string): never {
  throw new AppError(`the answer is wrong: ${what}`, { code: 'webhook.answer' })
}

/** What a handler returned, as it is answered: what `answer` made, or 200 with JSON; without anything the event's id. */
export function replyOf(returned: unknown, event: string): Reply {
  if (returned instanceof Answered) return returned
  const body = returned === undefined ? { event_id: event } : returned
  const text = jsonOf(body)
  if (Buffer.byteLength(text) > MOST_BYTES) refuse(`body is over ${MOST_BYTES} bytes`)
  return new Answered({ status: 200, text, headers: { 'content-type': JSON_TYPE } })
}

/** An error as every route of Beadle answers it. */
export const replyWithError = (status: number, code: string, message: string, event: string): Reply =>
  new Answered({
    status,
    text: JSON.stringify({ error: { code, message }, event_id: event }),
    headers: { 'content-type': JSON_TYPE },
  })

export const isReply = (value: unknown): value is Reply => value instanceof Answered

/** The same, once it came from another thread. */
export const revivedReply = (reply: Reply | undefined): Reply | undefined => reply && new Answered(reply)
