import { type Context, Hono } from 'hono'
import type { Log } from '../base/log.ts'
import { refuse } from './sources/refuse.ts'

/** Answers of one route. */
export type Handler = (c: Context) => Promise<Response>

export interface HttpOptions {
  readonly webhook: Handler
  readonly callback: Handler
  readonly log: Log
}

/** What comes in over HTTP. Every error is answered in JSON; none ends the process. */
export function createHttp({ webhook, callback, log }: HttpOptions): Hono {
  const app = new Hono()
  app.post('/hooks/:bot/:plugin/:name', webhook)
  app.post('/callbacks/jmessage', callback)
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
