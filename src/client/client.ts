import { type Clock, sleep, systemClock } from '../base/clock.ts'
import {
  type Endpoint,
  type EndpointId,
  type Endpoints,
  endpoints,
  type Response,
} from '../protocol/index.ts'
import { encode, type LooseArgs } from './encode.ts'
import { apiError, TransportError } from './errors.ts'
import { Limiter, type QuotaSetting } from './limiter.ts'
import { type ManyOptions, manyEffects, manyLists } from './many.ts'
import type { Args } from './method.ts'
import type { Methods } from './methods.ts'
import { paging } from './pages.ts'
import type { QuotaLedger } from './quota-ledger.ts'
import { type HttpAnswer, poolTransport, type Transport, type TransportOptions } from './transport.ts'

export interface ClientOptions extends TransportOptions {
  /** Where the IM REST API is, such as `https://api.im.jpush.cn`. */
  readonly endpoint: string
  /** Where the report API (`/v2/messages` and its kin) is. Default: the same. */
  readonly reportEndpoint?: string
  readonly appKey: string
  readonly masterSecret: string
  /** Carries the requests in place of sockets. */
  readonly transport?: Transport
  readonly clock?: Clock
  /** How many calls are made a minute. Default: `off`. */
  readonly quota?: QuotaSetting
  /** Shares the quota with other processes. Default: this one counts for itself. */
  readonly ledger?: QuotaLedger | undefined
}

export interface CallOptions {
  /** The body was found to be right before, and is not looked at again. */
  readonly checked?: boolean
  /** The {@link Limiter} let it in already. */
  readonly counted?: boolean
}

export type Client = Methods & {
  /** Calls an endpoint by its id. */
  call<Id extends EndpointId>(
    id: Id,
    args: Args<Endpoints[Id]>,
    options?: CallOptions,
  ): Promise<Response<Endpoints[Id]>>
  /** Counts the calls, unless they are not counted. */
  readonly limiter: Limiter | undefined
  close(): Promise<void>
}

/** A GET is asked this often at most. */
const GET_ATTEMPTS = 3

/**
 * A client of JMessage's REST API, derived from the endpoints of `protocol/`.
 *
 * Arguments are checked before anything is sent. Requests that never left, and GETs that got no answer, are repeated;
 * anything else is left to the caller, as it may have taken effect.
 *
 * @throws InvalidRequest, NotFound, Unauthorized, RateLimited, RetractTooLate, ServerFault, ApiError: the server's no
 * @throws TransportError when there was no answer
 */
export function createClient(options: ClientOptions): Client {
  const { appKey, masterSecret, clock = systemClock, quota = 'off' } = options
  const limiter = quota === 'off' ? undefined : new Limiter(clock, quota, options)
  const api = options.transport ?? poolTransport(options.endpoint, options)
  const separate = options.reportEndpoint !== undefined && options.reportEndpoint !== options.endpoint
  const report = separate && !options.transport ? poolTransport(options.reportEndpoint!, options) : api
  const authorization = `Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}`

  async function call(
    endpoint: Endpoint,
    args: LooseArgs = {},
    { checked = false, counted = false }: CallOptions = {},
  ): Promise<unknown> {
    const request = encodeFor(endpoint, args, { checked, counted })
    request.headers.authorization = authorization
    const transport = endpoint.id.startsWith('report.') ? report : api
    for (let attempt = 1; ; attempt++) {
      try {
        if (!limiter) return decode(endpoint, await transport.send(request))
        if (!counted || attempt > 1) await limiter.enter()
        return decode(endpoint, await sendCounted(transport, request, limiter))
      } catch (error) {
        if (!(error instanceof TransportError) || attempt >= GET_ATTEMPTS) throw error
        if (error.phase === 'after' && request.method !== 'GET') throw error
        await sleep(clock, 50 * 2 ** attempt)
      }
    }
  }

  /** What is not sent after all does not count. */
  function encodeFor(endpoint: Endpoint, args: LooseArgs, { checked = false, counted = false }: CallOptions) {
    try {
      return encode(endpoint, args, checked)
    } catch (error) {
      if (counted) limiter?.leaveUnused()
      throw error
    }
  }

  const methods: Record<string, unknown> = {
    call: (id: EndpointId, args: LooseArgs, options?: CallOptions) => call(endpoints[id], args, options),
    limiter,
    async close() {
      await limiter?.close()
      await api.close()
      if (report !== api) await report.close()
    },
  }
  for (const endpoint of Object.values(endpoints) as Endpoint[]) {
    const path = endpoint.id.split('.')
    const name = path.pop()!
    let branch = methods
    for (const part of path) {
      branch[part] ??= {}
      branch = branch[part] as Record<string, unknown>
    }
    branch[name] = method(endpoint, call, clock)
  }
  return methods as unknown as Client
}

/** Tells the limiter of the end of a request that it let in. */
async function sendCounted(
  transport: Transport,
  request: Parameters<Transport['send']>[0],
  limiter: Limiter,
): Promise<HttpAnswer> {
  let answer: HttpAnswer | undefined
  try {
    answer = await transport.send(request)
    return answer
  } finally {
    limiter.leave(answer && (name => answer?.header(name)), answer?.status)
  }
}

type CallEndpoint = (endpoint: Endpoint, args?: LooseArgs, options?: CallOptions) => Promise<unknown>

/** The method of an endpoint, with what its being paged or a batch makes possible. */
function method(endpoint: Endpoint, callEndpoint: CallEndpoint, clock: Clock): unknown {
  const call = (args?: LooseArgs, checked = false) => callEndpoint(endpoint, args, { checked })
  const alone = (args?: LooseArgs) => call(args)
  if (endpoint.paged) return Object.assign(alone, paging({ endpoint, call, clock }))
  if (!endpoint.batch) return alone
  const batch = { endpoint, call, clock }
  return Object.assign(alone, {
    many: (args: LooseArgs, options?: ManyOptions) =>
      endpoint.response ? manyLists(batch, args) : manyEffects(batch, args, options),
  })
}

function decode(endpoint: Endpoint, answer: HttpAnswer): unknown {
  const { status, text } = answer
  const body = parse(text)
  if (status >= 200 && status < 300) {
    if (!endpoint.response) return undefined
    if (typeof body === 'object' && body !== null) return body
    throw new TransportError(`${endpoint.id}: the answer is not what JMessage answers`, 'after')
  }
  // Batch registration answers with its results, each with its own error.
  if (endpoint.id === 'users.register' && Array.isArray(body)) return body
  const error = (Array.isArray(body) ? body.find(item => item?.error) : body) as
    | { error?: { code?: unknown; message?: unknown } }
    | undefined
  const jmCode = Number(error?.error?.code)
  throw apiError(
    {
      endpoint: endpoint.id,
      status,
      jmCode: Number.isFinite(jmCode) ? jmCode : 0,
      message: String(error?.error?.message ?? `HTTP ${status}`).slice(0, 500),
    },
    answer.header,
  )
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
