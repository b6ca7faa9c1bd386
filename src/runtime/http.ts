import { type Context, Hono } from 'hono'
import type { Log } from '../base/log.ts'
import { StoreError } from '../store/index.ts'
import { type Answer, type Answering, type Asked, refuse } from './sources/answer.ts'

export interface HttpOptions {
  readonly webhook: Answering
  readonly callback: Answering
  readonly log: Log
}

/** What comes in over HTTP. Every error is answered in JSON; none ends the process. */
export function createHttp({ webhook, callback, log }: HttpOptions): Hono {
  const app = new Hono()
  app.post('/hooks/:bot/:plugin/:name', answeredBy(webhook))
  app.post('/callbacks/jmessage', answeredBy(callback))
  // Not routes of their own: a path with one handler is answered at less cost.
  app.notFound(c =>
    /^\/(hooks|callbacks)\//.test(c.req.path) && c.req.method !== 'POST'
      ? send(c, refuse(405, 'method', 'webhooks and callbacks are made with POST'))
      : send(c, refuse(404, 'not-found', `there is nothing at ${c.req.path}`)),
  )
  app.onError((error, c) => send(c, failure(error, c.req.path, log)))
  return app
}

/** What is answered when a request could not be handled. */
export function failure(err: unknown, path: string, log: Log): Answer {
  // What is wrong with the database is told once, by the store.
  log[err instanceof StoreError ? 'debug' : 'error']({ err, path }, 'a request failed')
  return refuse(503, 'unavailable', 'the request could not be taken; send it again later', 5)
}

const answeredBy =
  (answering: Answering) =>
  async (c: Context): Promise<Response> =>
    send(c, await answering(new AskedOfHono(c)))

function send(c: Context, answer: Answer): Response {
  const { status, retryAfter, reply } = answer
  if (retryAfter !== undefined) c.header('retry-after', String(retryAfter))
  return reply
    ? new Response(reply.text || null, { status, headers: { ...reply.headers } })
    : c.json(answer.body, status)
}

/** What is told of the connection beside a request, as by the server of Node.js. */
export interface Connection {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } | undefined }
}

class AskedOfHono implements Asked {
  readonly #c: Context

  constructor(c: Context) {
    this.#c = c
  }

  get path(): string {
    return this.#c.req.path
  }

  get from(): string | undefined {
    return (this.#c.env as Connection | undefined)?.incoming?.socket?.remoteAddress
  }

  header(name: string): string | undefined {
    return this.#c.req.header(name)
  }

  parameter(name: string): string | undefined {
    return this.#c.req.query(name)
  }

  async bytes(): Promise<Buffer> {
    return Buffer.from(await this.#c.req.arrayBuffer())
  }

  parts(): ReadableStreamDefaultReader<Uint8Array> | undefined {
    return this.#c.req.raw.body?.getReader()
  }
}
