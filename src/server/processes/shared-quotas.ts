import type { Clock } from '../../base/clock.ts'
import { change, type Store } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import { enterQuota, setQuota, setQuotas, takeCalls } from '../queries/quota-queries.ts'
import { Allowance, type Quota, type QuotaKeeper, WINDOW_MS } from '../quotas.ts'

/** Of a minute's quota, a process takes so great a part at a time, and so many calls at most. */
const SLICES = 60
const MOST_AT_ONCE = 500

/** What this process has of an app's quota. */
interface Slice {
  quota: Quota
  minute: number
  /** Calls that it has yet. */
  left: number
  /** Calls that nobody has taken. */
  rest: number
  taking: Promise<void> | undefined
}

/** Counts the calls of each app that all processes answer: each takes some of the quota beforehand, as it needs them. */
export class SharedQuotas implements QuotaKeeper {
  readonly #store: Store<ImDatabase>
  readonly #clock: Clock
  readonly #usual: Quota
  readonly #changed: () => Promise<void>
  /** By the id of an app. */
  readonly #slices = new Map<number, Slice>()

  /** @param options.changed  called when a quota was set here */
  constructor(options: {
    store: Store<ImDatabase>
    clock: Clock
    usual: Quota
    changed: () => Promise<void>
  }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#usual = options.usual
    this.#changed = options.changed
  }

  async enter(apps: readonly App[]): Promise<void> {
    await this.#store.apply(...apps.map(({ id }) => change(enterQuota, { app: id })))
    for (const { id } of apps) this.#slices.set(id, sliceOf(this.#usual))
  }

  /** Takes over the quotas that were set by whatever process. */
  async load(): Promise<void> {
    for (const { app, per_minute } of await this.#store.read.all(setQuotas, {})) {
      const quota = per_minute === 0 ? this.#usual : (per_minute ?? 'off')
      if (this.#slices.has(app)) this.#slices.set(app, sliceOf(quota))
    }
  }

  async set(app: App, quota: Quota): Promise<void> {
    await this.#store.apply(change(setQuota, { app: app.id, per_minute: quota === 'off' ? null : quota }))
    await this.#changed()
  }

  spend(app: App): Allowance | undefined | Promise<Allowance | undefined> {
    const slice = this.#slices.get(app.id)
    if (!slice || slice.quota === 'off') return undefined
    return this.#has(slice) ? this.#spent(slice) : this.#take(app, slice.quota)
  }

  /** Whether it is known here how the next call fares: there is one left, or none for anybody in this minute. */
  #has(slice: Slice): boolean {
    const minute = this.#minute()
    return slice.minute >= minute && slice.minute <= minute + 1 && (slice.left > 0 || slice.rest === 0)
  }

  #spent(slice: Slice): Allowance {
    const isOver = slice.left === 0
    if (!isOver) slice.left--
    const resetSeconds = Math.ceil(((slice.minute + 1) * WINDOW_MS - this.#clock.now()) / 1000)
    return new Allowance(slice.quota as number, slice.left + slice.rest, resetSeconds, isOver)
  }

  async #take(app: App, quota: number): Promise<Allowance | undefined> {
    for (;;) {
      const slice = this.#slices.get(app.id)!
      // It was set anew meanwhile.
      if (slice.quota !== quota) return this.spend(app)
      if (this.#has(slice)) return this.#spent(slice)
      slice.taking ??= this.#takeSome(app, slice, quota).finally(() => {
        slice.taking = undefined
      })
      await slice.taking
    }
  }

  async #takeSome({ id: app }: App, slice: Slice, quota: number): Promise<void> {
    const count = Math.min(MOST_AT_ONCE, Math.ceil(quota / SLICES))
    const [taken] = await this.#store.ask(takeCalls, { app, minute: this.#minute(), quota, count })
    if (!taken) throw new Error('an app has no quota')
    slice.minute = taken.minute
    slice.left = taken.calls - taken.before
    slice.rest = Math.max(0, quota - taken.calls)
  }

  #minute(): number {
    return Math.floor(this.#clock.now() / WINDOW_MS)
  }
}

const sliceOf = (quota: Quota): Slice => ({ quota, minute: 0, left: 0, rest: 0, taking: undefined })
