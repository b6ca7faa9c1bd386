import { AppError, type Retry } from '../base/errors.ts'
import { errorCodes, type JmCode } from '../protocol/index.ts'

/** JMessage answered, and the answer was no. */
export class ApiError extends AppError {
  override readonly name: string = 'ApiError'
  /** HTTP status. */
  readonly status: number
  /** JMessage's own code, 0 when the answer held none. */
  readonly jmCode: number
  /** Id of the endpoint, such as `messages.send`. */
  readonly endpoint: string

  constructor(answer: ApiAnswer, code = 'api.refused', retry: Retry = 'never') {
    super(`${answer.endpoint}: ${answer.message} (code ${answer.jmCode}, HTTP ${answer.status})`, {
      code,
      retry,
      hint: adviceOn(answer),
    })
    this.status = answer.status
    this.jmCode = answer.jmCode
    this.endpoint = answer.endpoint
  }
}

/** What to do, by the code; where a gateway answered in place of JMessage there is none, but the status says much. */
const adviceOn = ({ jmCode, status }: ApiAnswer): string | undefined =>
  (errorCodes[jmCode as JmCode] ?? errorCodes[usualCode[status]!])?.advice

const usualCode: Readonly<Record<number, JmCode>> = {
  401: 899008,
  404: 404,
  405: 405,
  429: 2002,
  500: 899000,
  502: 899030,
  503: 899030,
  504: 899030,
}

/** What is known of a refusal. */
export interface ApiAnswer {
  readonly endpoint: string
  readonly status: number
  readonly jmCode: number
  readonly message: string
}

/** The credentials were refused (401: 899007, 899008, 899009). */
export class Unauthorized extends ApiError {
  override readonly name = 'Unauthorized'
}

/** A user, group, room or message named in the call does not exist. */
export class NotFound extends ApiError {
  override readonly name = 'NotFound'
}

/** The call broke a rule of the protocol (899003). Its message names the field. */
export class InvalidRequest extends ApiError {
  override readonly name = 'InvalidRequest'
  /** Whether the client refused it itself, so that JMessage was not asked. */
  readonly isUnsent: boolean

  constructor(answer: ApiAnswer, isUnsent = false) {
    super(answer, 'api.invalid')
    this.isUnsent = isUnsent
  }
}

/** The three minutes in which a message can be retracted are over (855001). */
export class RetractTooLate extends ApiError {
  override readonly name = 'RetractTooLate'
}

/** The quota of the appKey is used up (429). */
export class RateLimited extends ApiError {
  override readonly name = 'RateLimited'
  /** How long to wait, in ms. */
  readonly retryAfterMs: number

  constructor(answer: ApiAnswer, retryAfterMs: number) {
    super(answer, 'api.rate-limited', 'later')
    this.retryAfterMs = retryAfterMs
  }
}

/** JMessage failed (5xx). Whether the call took effect is not known. */
export class ServerFault extends ApiError {
  override readonly name = 'ServerFault'
}

/** Not those by which somebody is merely no member, friend or the like. */
const notFound = new Set([899002, 899006, 899045, 899051, 899081, 855003])

/** The error of the class that fits an answer. */
export function apiError(answer: ApiAnswer, header: (name: string) => string | undefined): ApiError {
  const { status, jmCode } = answer
  if (status === 429) {
    const seconds = Number(header('retry-after') ?? header('x-rate-limit-reset'))
    return new RateLimited(
      answer,
      Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) * 1000 : 1000,
    )
  }
  if (status >= 500) return new ServerFault(answer, 'api.fault', 'unsure')
  if (status === 401) return new Unauthorized(answer, 'api.unauthorized')
  if (jmCode === 855001) return new RetractTooLate(answer, 'api.retract-too-late')
  if (notFound.has(jmCode)) return new NotFound(answer, 'api.not-found')
  if (jmCode === 899003) return new InvalidRequest(answer)
  return new ApiError(answer)
}

/** There was no answer: the connection failed. */
export class TransportError extends AppError {
  override readonly name = 'TransportError'
  /** `before`: the request did not leave, it is safe to repeat. `after`: it may have taken effect. */
  readonly phase: 'before' | 'after'

  constructor(message: string, phase: 'before' | 'after', cause?: unknown) {
    super(message, {
      code: 'transport.failed',
      retry: phase === 'before' ? 'later' : 'unsure',
      hint: 'Check that the endpoint is right and reachable.',
      cause,
    })
    this.phase = phase
  }
}
