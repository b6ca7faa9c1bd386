import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Log } from '../base/log.ts'
import { refuse } from './sources/refuse.ts'

/** Answers of one route. */
export type Handler = (c: Context) => Promise<Response>

export interface HttpOptions {
  readonly webhook: Handler
  readonly callback: Handler
  readonly log: Log
  /** Largest body of a webhook. */
  readonly webhookBytes: number
}

/** A callback holds up to 100 messages of 4 KiB, and their envelopes. */
const CALLBACK_BYTES = 4 * 1024 * 1024

/** What comes in over HTTP. Every error is answered in JSON; none ends the process. */
export function createHttp({ webhook, callback, log, webhookBytes }: HttpOptions): Hono {
  const app = new Hono()
  const limit = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: c => refuse(c, 413, 'body.too-large', `the body is over ${maxSize} bytes`),
    })
  app.post('/hooks/:bot/:plugin/:name', limit(webhookBytes), webhook)
  app.post('/callbacks/jmessage', limit(CALLBACK_BYTES), callback)
  app.all('/hooks/:bot/:plugin/:name', c => refuse(c, 405, 'method', 'webhooks are called with POST'))
  app.all('/callbacks/jmessage', c => refuse(c, 405, 'method', 'callbacks are made with POST'))
  app.notFound(c => refuse(c, 404, 'not-found', `there is nothing at ${c.req.path}`))
  app.onError((err, c) => {
    log.error({ err, path: c.req.path }, 'a request failed')
    c.header('retry-after', '5')
    return refuse(c, 503, 'unavailable', 'the request could not be taken; send it again later')
  })
  return app
}
