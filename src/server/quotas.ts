import type { Clock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import type { App } from './apps.ts'

/** Calls a minute of an app on JMessage's free plan. */
export const USUAL_QUOTA = 600
/** The highest quota that can be set. */
export const MOST_QUOTA = 1_000_000
/** What is counted together, in ms. */
export const WINDOW_MS = 60_000

/** How many calls an app may make in a minute. */
export type Quota = number | 'off'

/** What is left to an app once a call is counted. */
export class Allowance {
  /** @param resetSeconds until the next minute begins */
  constructor(
    readonly quota: number,
    readonly remaining: number,
    readonly resetSeconds: number,
    /** The call is one too many. */
    readonly isOver: boolean,
  ) {}

  /** Says so on an answer. */
  toldOn(answer: Response): Response {
    const { headers } = answer
    // The older documents say Limit, the newer ones Quota.
    headers.set('X-Rate-Limit-Limit', String(this.quota))
    headers.set('X-Rate-Limit-Quota', String(this.quota))
    headers.set('X-Rate-Limit-Remaining', String(this.remaining))
    headers.set('X-Rate-Limit-Reset', String(this.resetSeconds))
    if (this.isOver) headers.set('Retry-After', String(this.resetSeconds))
    return answer
  }
}

interface Count {
  quota: number
  /** Number of the minute that is counted. */
  minute: number
  calls: number
}

/** Counts the calls of each app in minutes of the clock. */
export interface QuotaKeeper {
  /** Sets the quota of an app, of which nothing is used up then. */
  set(app: App, quota: Quota): void | Promise<void>
  /** Counts a call; `undefined` while the app's are not counted. */
  spend(app: App): Allowance | undefined | Promise<Allowance | undefined>
}

/** Counts the calls that this process answers. */
export class Quotas implements QuotaKeeper {
  readonly #clock: Clock
  /** By the id of an app; without those whose calls are not counted. */
  readonly #counts = new Map<number, Count>()

  /** @param quota of every app, until {@link set} says otherwise */
  constructor(clock: Clock, apps: readonly App[], quota: Quota) {
    this.#clock = clock
    for (const app of apps) this.set(app, quota)
  }

  set(app: App, quota: Quota): void {
    if (quota === 'off') this.#counts.delete(app.id)
    else this.#counts.set(app.id, { quota, minute: 0, calls: 0 })
  }

  spend(app: App): Allowance | undefined {
    const count = this.#counts.get(app.id)
    if (!count) return undefined
    const now = this.#clock.now()
    const minute = Math.floor(now / WINDOW_MS)
    if (minute !== count.minute) {
      count.minute = minute
      count.calls = 0
    }
    const isOver = count.calls >= count.quota
    if (!isOver) count.calls++
    const resetSeconds = Math.ceil(((minute + 1) * WINDOW_MS - now) / 1000)
    return new Allowance(count.quota, count.quota - count.calls, resetSeconds, isOver)
  }
}

/** @throws AppError when it is none */
export function checkQuota(quota: Quota): void {
  if (quota === 'off' || (Number.isInteger(quota) && quota >= 1 && quota <= MOST_QUOTA)) return
  throw new AppError(`rateLimit must be off, or 1 to ${MOST_QUOTA} calls a minute`, {
    code: 'server.rateLimit',
    hint: `JMessage's free plan has ${USUAL_QUOTA}.`,
  })
}
