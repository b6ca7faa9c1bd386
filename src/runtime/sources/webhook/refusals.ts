import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import { noObserver, type Observer } from '../../observer.ts'
import { type Answer, refuse } from '../answer.ts'

/** Why a call of a webhook was refused: what stands behind `webhook.` in the code of the answer. */
export type RefusalReason =
  | 'missing'
  | 'mismatch'
  | 'stale'
  | 'address'
  | 'invalid'
  | 'type'
  | 'too-large'
  | 'busy'
  | 'unavailable'
  | 'key-reused'
  | 'unknown'

/** The status of each. */
export const STATUS = {
  missing: 401,
  mismatch: 401,
  stale: 401,
  address: 403,
  invalid: 400,
  type: 415,
  'too-large': 413,
  busy: 503,
  unavailable: 503,
  'key-reused': 422,
  unknown: 404,
} as const satisfies Record<RefusalReason, Answer['status']>

/** Seconds after which a call may be made again that could not be taken now. */
const RETRY_AFTER = 5
/** So often is the log told of a webhook that refuses for the same reason. */
const EVERY_MS = 60_000
/** What it says may quote the body. */
const QUOTES: ReadonlySet<RefusalReason> = new Set(['invalid', 'type'])

/** A webhook, as its refusals are told. */
export interface Refusing {
  readonly bot: string
  readonly plugin: string
  readonly name: string
}

/** Refuses calls of webhooks: counts each, and tells the log of them now and then. */
export class Refusals {
  readonly #clock: Clock
  readonly #log: Log | undefined
  readonly #observer: Observer
  /** When the log was last told, and how many were refused since, by webhook and reason. */
  readonly #told = new WeakMap<Refusing, Map<RefusalReason, { at: number; since: number }>>()

  constructor(options: {
    readonly clock: Clock
    readonly log?: Log | undefined
    readonly observer?: Observer | undefined
  }) {
    this.#clock = options.clock
    this.#log = options.log
    this.#observer = options.observer ?? noObserver
  }

  /** @param webhook  none, if there is none at the path */
  refuse(webhook: Refusing | undefined, reason: RefusalReason, message: string): Answer {
    const { bot = '', plugin = '' } = webhook ?? {}
    this.#observer.refused({ bot, plugin }, reason)
    if (webhook) this.#tell(webhook, reason, message)
    const status = STATUS[reason]
    return refuse(status, `webhook.${reason}`, message, status === 503 ? RETRY_AFTER : undefined)
  }

  /** Notes an answer that was made elsewhere. */
  note(webhook: Refusing, reason: RefusalReason, message: string): void {
    this.#observer.refused(webhook, reason)
    this.#tell(webhook, reason, message)
  }

  #tell(webhook: Refusing, reason: RefusalReason, message: string): void {
    if (!this.#log) return
    const now = this.#clock.now()
    const reasons = this.#told.get(webhook) ?? new Map<RefusalReason, { at: number; since: number }>()
    this.#told.set(webhook, reasons)
    const former = reasons.get(reason)
    if (former && Math.abs(now - former.at) < EVERY_MS) return void former.since++
    reasons.set(reason, { at: now, since: 0 })
    const { bot, plugin, name } = webhook
    const why = QUOTES.has(reason) ? {} : { why: message }
    const more = former && former.since > 0 ? { refusedSince: former.since } : {}
    this.#log.warn({ bot, plugin, webhook: name, reason, ...why, ...more }, 'a call of a webhook was refused')
  }
}
