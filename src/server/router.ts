import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { asError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Endpoint, type EndpointId, endpoints } from '../protocol/index.ts'
import { json, noContent, refused } from './answer.ts'
import type { App } from './apps.ts'
import type { Authenticator } from './auth.ts'
import { readJson } from './body.ts'
import { type Call, type Handlers, Reply } from './handler.ts'
import type { QuotaKeeper } from './quotas.ts'
import { Refusal } from './refusal.ts'
import { requestPath } from './request-path.ts'
import { ConnectionLost } from './sandbox/faults/connection-lost.ts'
import type { Faults } from './sandbox/faults/faults.ts'
import { misbehaving } from './sandbox/faults/misbehave.ts'
import { validate } from './validate.ts'

/** What node-server hands in beside the request; empty when called through `fetch`. */
export interface Env {
  Bindings: { readonly outgoing?: { destroy(): unknown } } | undefined
}
export type Router = Hono<Env>

export interface RouterOptions {
  readonly handlers: Handlers
  readonly authenticator: Authenticator
  readonly quotas: QuotaKeeper
  readonly log: Log
  /** What the endpoints suffer on request. */
  readonly faults?: Faults | undefined
}

/** Serves every endpoint under its path and its aliases. */
export function createRouter(options: RouterOptions): Router {
  const { handlers, authenticator, log, faults } = options
  const router: Router = new Hono<Env>({ getPath: requestPath })
  for (const [id, declared] of Object.entries(endpoints)) {
    const carryOut = carrying(declared as Endpoint, handlers[id as EndpointId] as AnyHandler)
    const answer = counted(carryOut, options)
    const safe: Answering = context => guarded(context, answer, log)
    const served = faults ? misbehaving(faults, id, authenticator, safe) : safe
    for (const path of [declared.path, ...((declared as Endpoint).aliases ?? [])])
      router.on(declared.method, trimmed(path), served)
  }
  refuseTheRest(router, log)
  return router
}

type AnyHandler = (call: Call<never>) => Promise<unknown>
type Answering = (context: Context<Env>) => Promise<Response>

/** Lets in who may call, while the quota lasts. */
function counted(carryOut: CarryOut, { authenticator, quotas, log }: RouterOptions): Answering {
  return async context => {
    const app = authenticator.app(context.req.header('authorization'))
    const spent = quotas.spend(app)
    const allowance = spent instanceof Promise ? await spent : spent
    if (!allowance) return carryOut(context, app)
    if (allowance.isOver) return allowance.toldOn(refused(new Refusal(2002)))
    return allowance.toldOn(await guarded(context, () => carryOut(context, app), log))
  }
}

type CarryOut = (context: Context<Env>, app: App) => Promise<Response>

/** Reads, checks and answers the requests of one endpoint. */
function carrying(declared: Endpoint, handler: AnyHandler): CarryOut {
  const { params, querySchema, queryInBody, body, status } = declared
  const hasParams = Object.keys(params.shape).length > 0
  const queryKeys = Object.keys(querySchema.shape)
  const schema = body === undefined || body === 'multipart' ? undefined : (body as z.ZodType)
  const none = {}
  return async ({ req }, app) => {
    const result = await handler({
      app,
      params: hasParams ? validate(params, req.param(), 'path') : none,
      query:
        queryKeys.length > 0
          ? validate(querySchema, await asked(req, queryKeys, queryInBody), 'query')
          : none,
      body: schema === undefined ? undefined : validate(schema, await readJson(req.raw)),
      request: req.raw,
    } as Call<never>)
    if (result === undefined) return noContent(status)
    return result instanceof Reply ? json(result.body, result.status) : json(result, status)
  }
}

/** Turns what a handler throws into the answer for it. */
export async function guarded(context: Context<Env>, answer: Answering, log: Log): Promise<Response> {
  try {
    return await answer(context)
  } catch (thrown) {
    return failed(thrown, context.req.method, context.req.path, log)
  }
}

function failed(thrown: unknown, method: string, path: string, log: Log): Response {
  if (thrown instanceof Refusal) return refused(thrown)
  log.error({ err: asError(thrown) }, `${method} ${path} failed`)
  return refused(new Refusal(899000))
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']

/** 404 for a path nobody knows, 405 for one that another method knows. */
function refuseTheRest(router: Router, log: Log): void {
  router.notFound(({ req }) => {
    const isKnown = METHODS.some(method => router.router.match(method, req.path)[0].length > 0)
    return refused(new Refusal(isKnown ? 405 : 404))
  })
  router.onError((error, { req }) => {
    if (error instanceof ConnectionLost) throw error
    return failed(error, req.method, req.path, log)
  })
}

/** What the query says of these keys; of one that says none of them, what the body says. */
async function asked(
  req: Context['req'],
  keys: readonly string[],
  inBody: boolean | undefined,
): Promise<unknown> {
  const values = picked(req, keys)
  if (!inBody || Object.keys(values).length > 0) return values
  return (await readJson(req.raw).catch(() => undefined)) ?? values
}

function picked(req: Context['req'], keys: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const key of keys) {
    const value = req.query(key)
    if (value !== undefined) values[key] = value
  }
  return values
}

const trimmed = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)
