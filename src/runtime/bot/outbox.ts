import { setMaxListeners } from 'node:events'
import { AppError } from '../../base/errors.ts'
import { alone, type Place } from '../fleet/place.ts'
import { noObserver } from '../observer.ts'
import { AppOutbox } from './app-outbox.ts'
import { CallsHandover } from './calls-handover.ts'
import type { OpenTotal } from './open-calls.ts'
import { canBeDoubtful, leftEntry } from './outbox-entry.ts'
import { defaultSendLimits, type OutboxOptions, type SendLimits } from './outbox-options.ts'
import { OutboxRows } from './outbox-rows.ts'

export { defaultSendLimits, type OutboxOptions, type SendLimits } from './outbox-options.ts'

/** So many calls are on their way at most. */
const MOST_OPEN = 100_000

/**
 * What bots say and do, on its way to JMessage: in order for each target, and once. What the calls of all apps are kept
 * in is one; each app has its own way out.
 *
 * A call that comes of an event, and is made at once, is kept with the event's delivery and written when that ends: until
 * then the event is there to ask for it again. Every other one is written before it leaves, or when it has to wait.
 *
 * A call that may have taken effect, as its answer was lost, is not simply made again if it is a message: it is looked
 * up in JMessage's history first, by the marker it carries. Where that cannot tell, the call ends as unsure.
 *
 * Calls that are asked for side by side may be made so. One whose caller was told not to wait is made before later
 * ones of its lane.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #limits: SendLimits
  readonly #rows: OutboxRows
  readonly #place: Place
  readonly #total: OpenTotal = { count: 0 }
  readonly #apps: ReadonlyMap<string, AppOutbox>
  /** Of the main app. */
  readonly main: AppOutbox
  /** How calls come from other processes, and go to them. */
  readonly handover: CallsHandover
  readonly #stopped = new AbortController()

  constructor(options: OutboxOptions) {
    const { store, clock, log, makeId, apps, concurrency = 64, settleMs = 2000 } = options
    const { place = alone, observer = noObserver, mostOpen = MOST_OPEN } = options
    const { signal } = this.#stopped
    this.#options = options
    this.#limits = { ...defaultSendLimits, ...options.limits }
    this.#place = place
    this.#rows = new OutboxRows({ store, clock, log, signal, place })
    const means = {
      ...{ clock, log, makeId, observer, place, signal, concurrency, settleMs, mostOpen },
      ...{ limits: this.#limits, rows: this.#rows, total: this.#total },
      handover: () => this.handover,
      isShared: apps.length > 1,
    }
    this.#apps = new Map(apps.map(app => [app.appKey, new AppOutbox(app, means)]))
    this.main = this.of(apps[0]!.appKey)!
    this.handover = new CallsHandover({
      ...{ clock, log, place, rows: this.#rows },
      appOf: appKey => this.of(appKey),
      apps: this.apps,
    })
    // Every call that pauses listens to it.
    setMaxListeners(0, signal)
  }

  /** Calls that were asked for and not yet made, of all apps. */
  get waiting(): number {
    return this.#total.count
  }

  /** The ways out of all apps, that of the main one first. */
  get apps(): readonly AppOutbox[] {
    return [...this.#apps.values()]
  }

  /** The way out of an app. Calls of earlier versions name none: they are of the main one. */
  of(appKey: string): AppOutbox | undefined {
    return appKey === '' ? this.main : this.#apps.get(appKey)
  }

  /** Takes up what an earlier process left. A call that was under way then may have taken effect. */
  async resume(): Promise<number> {
    // What is shared is taken part by part.
    if (!this.#place.isShared) await this.handover.takeAll()
    return this.waiting
  }

  /** Takes a call back that has not left, whatever app it is of. See {@link AppOutbox.cancel}. */
  cancel(key: string): Promise<boolean> {
    const app = this.apps.find(each => each.find(key)) ?? this.main
    return app.cancel(key)
  }

  /**
   * Has a call made that was set aside, or is unsure: a person decided so. A message is looked up once more, and made
   * unless the history has it. `false` when it is neither.
   *
   * @throws AppError `app.unknown` when its app is not configured any more
   */
  async resend(key: string): Promise<boolean> {
    const row = await this.#rows.byKey(key)
    if (row?.state !== 'failed' && row?.state !== 'unsure') return false
    const app = this.of(row.app)
    if (!app) throw unknownApp(row.app)
    if (app.find(key)) return false
    const now = this.#options.clock.now()
    // Of a message at which JMessage failed, too, it is looked whether it was kept.
    const state = canBeDoubtful(row.endpoint) ? 'doubtful' : 'queued'
    const expires_at = now + this.#limits.ageMs
    if (!(await this.#rows.takeUp(key, row.state, state, expires_at))) return false
    if (!this.#place.has(row.partition)) {
      await this.#rows.tell([{ kind: 'call', partition: row.partition, key }])
      return true
    }
    const entry = leftEntry({ ...row, state, attempts: 0, expires_at }, now)
    entry.decided = true
    app.takeUp(entry)
    return true
  }

  /** Forgets a call that was set aside, or of which nobody can tell. `false` when it is neither. */
  drop(key: string): Promise<boolean> {
    return this.#rows.drop(key)
  }

  /** It is sure again that what it has is its own. */
  goOn(): void {
    for (const app of this.apps) app.goOn()
  }

  /** Lets nothing more out, and waits for what is under way, `graceMs` at most. What waits is on disk for the next start. */
  async stop(graceMs = 0): Promise<void> {
    this.#stopped.abort(new AppError('shutting down', { code: 'outbox.stopped', retry: 'later' }))
    for (const app of this.apps) app.stop()
    if (graceMs > 0) await Promise.all(this.apps.map(app => app.idle(graceMs)))
  }
}

const unknownApp = (appKey: string) =>
  new AppError(`the app ${appKey}, which the call is of, is not in the configuration`, {
    code: 'app.unknown',
    hint: 'Put it under apps in config.yaml, or drop the call.',
  })
