import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Reply } from './webhook/reply.ts'

/** A request for a webhook or callback, whatever serves it. */
export interface Asked {
  readonly path: string
  header(name: string): string | undefined
  /** The first value of a parameter in the query; absent where it is known that there is none. */
  parameter?(name: string): string | undefined
  /** Address of the other end of the connection, if it is known. */
  readonly from?: string | undefined
  /** The body, of which it is known that it is small. */
  bytes(): Promise<Buffer>
  /** The body as it comes. Not to be cancelled: that would close the connection before the answer. */
  parts(): ReadableStreamDefaultReader<Uint8Array> | undefined
}

/** What it is answered: JSON, or what a plugin says. */
export type Answer = {
  readonly status: ContentfulStatusCode
  /** Seconds after which it may be asked again. */
  readonly retryAfter?: number | undefined
} & ({ readonly body: object; readonly reply?: undefined } | { readonly reply: Reply })

export type Answering = (asked: Asked) => Promise<Answer>

/** An error as every route of Beadle answers it: a stable code, and a message that names the field and the fix. */
export const refuse = (
  status: ContentfulStatusCode,
  code: string,
  message: string,
  retryAfter?: number,
): Answer => ({ status, body: { error: { code, message } }, retryAfter })
