import { type Context, Hono } from 'hono'
import type { Log } from '../base/log.ts'
import { StoreError } from '../store/index.ts'
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
  // Not routes of their own: a path with one handler is answered at less cost.
  app.notFound(c =>
    /^\/(hooks|callbacks)\//.test(c.req.path) && c.req.method !== 'POST'
      ? refuse(c, 405, 'method', 'webhooks and callbacks are made with POST')
      : refuse(c, 404, 'not-found', `there is nothing at ${c.req.path}`),
  )
  app.onError((err, c) => {
    // What is wrong with the database is told once, by the store.
    log[err instanceof StoreError ? 'debug' : 'error']({ err, path: c.req.path }, 'a request failed')
    c.header('retry-after', '5')
    return refuse(c, 503, 'unavailable', 'the request could not be taken; send it again later')
  })
  return app
}
