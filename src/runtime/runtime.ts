import type { Hono } from 'hono'
import { type Clock, systemClock } from '../base/clock.ts'
import { idMaker } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { StoreError } from '../store/index.ts'
import { Broadcasts } from './bot/broadcast/broadcasts.ts'
import { Outbox } from './bot/outbox.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import { Journal } from './events/journal.ts'
import { Duties, duty } from './fleet/duties.ts'
import type { Fleet } from './fleet/fleet.ts'
import { FleetWorker } from './fleet/fleet-worker.ts'
import { PARTITIONS, partitionOf } from './fleet/partition.ts'
import { alone, type Place } from './fleet/place.ts'
import { StuckNotes } from './fleet/stuck-notes.ts'
import { createHttp } from './http.ts'
import { noObserver } from './observer.ts'
import type { BotSpec, RuntimeOptions } from './options.ts'
import { orderDesk } from './orders/desk.ts'
import type { Orders } from './orders/orders.ts'
import { isOutage } from './outage.ts'
import { Dialogues } from './plugin/dialogue/dialogues.ts'
import { PluginHost } from './plugin/host.ts'
import { PluginInterrupted } from './plugin/worker/interrupted.ts'
import { Pruner } from './pruner.ts'
import { Accounts } from './roster/accounts.ts'
import { type Applied, Applier } from './roster/applier.ts'
import { Bots } from './roster/bots.ts'
import { Latecomers } from './roster/latecomers.ts'
import { Shadows } from './shadow/shadow.ts'
import { createShortcut, type Shortcut } from './shortcut.ts'
import { Bodies } from './sources/bodies.ts'
import { callbackHandler } from './sources/callback.ts'
import { Schedules } from './sources/cron/schedules.ts'
import { Inbound } from './sources/inbound.ts'
import { Jobs } from './sources/jobs.ts'
import { pollerDuties } from './sources/poller-duties.ts'
import { Webhooks } from './sources/webhook/webhooks.ts'

/** What fails so long by JMessage alone, while that does all else well, is no outage. */
const ALONE_MS = 15 * 60_000

const ALL_PARTS: ReadonlySet<number> = new Set(Array.from({ length: PARTITIONS }, (_, number) => number))

/** The bots, their plugins, and the path every event takes: source, journal, dispatch, plugin, bot, outbox, JMessage. */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #duties: Duties
  readonly #fleet: Fleet | undefined
  readonly #worker: FleetWorker | undefined
  readonly #stuckNotes: StuckNotes
  readonly #bots: Bots
  readonly #accounts: Accounts
  readonly #latecomers: Latecomers
  readonly #applier: Applier
  readonly #stopped = new AbortController()
  readonly dispatcher: Dispatcher
  readonly outbox: Outbox
  readonly broadcasts: Broadcasts
  readonly host: PluginHost
  readonly #dialogues: Dialogues
  readonly journal: Journal
  readonly jobs: Jobs
  readonly schedules: Schedules
  readonly orders: Orders
  readonly webhooks: Webhooks
  /** Webhooks and callbacks; more routes may be added. */
  readonly http: Hono
  /** Answers most webhooks before `http` is asked, at less cost, where a socket is listened on. */
  readonly shortcut: Shortcut

  constructor(options: RuntimeOptions) {
    const { store, apps, log, clock = systemClock, limits = {}, observer = noObserver } = options
    const { pending = 100_000, webhookBytes = 1024 * 1024 } = limits
    this.#options = options
    this.#clock = clock
    this.#log = log
    const makeId = idMaker(() => clock.now())
    this.#fleet = options.fleet
    const place: Place = options.fleet ?? alone
    this.outbox = new Outbox({
      ...{ store, apps, clock, log, makeId, observer, place },
      limits: limits.send ?? {},
    })
    this.broadcasts = new Broadcasts({
      ...{ store, clock, log, makeId, place },
      estimateMs: messages => this.outbox.main.estimateMs(messages, 'bulk'),
    })
    this.host = new PluginHost(log)
    this.journal = new Journal({
      store,
      now: () => clock.now(),
      makeId,
      observer,
      place,
      onAccepted: deliveries => this.dispatcher.add(deliveries),
    })
    this.dispatcher = new Dispatcher({
      ...{ clock, log, limits, observer, place, busy: options.busy },
      journal: this.journal,
      handle: attempt => this.webhooks.waits.follow(attempt, this.#dialogues.handle(attempt)),
      onEnd: (delivery, error) => this.webhooks.waits.ended(delivery.event.id, delivery, error),
      appOf: bot => this.#bots.appOf(bot).appKey,
      isOutage: (error, since, bot) =>
        error instanceof StoreError ||
        error instanceof PluginInterrupted ||
        (isOutage(error) && this.#bots.appOf(bot).lastWellAt < since + ALONE_MS),
    })
    const isThere = (bot: string, plugin: string) =>
      (this.host.instance(bot, plugin) ?? this.host.loading(bot, plugin)) !== undefined
    this.jobs = new Jobs({ store, journal: this.journal, clock, log, makeId, place, isThere })
    this.#dialogues = new Dialogues({
      ...{ store, clock, log, makeId, jobs: this.jobs, journal: this.journal, host: this.host },
      appOf: bot => this.#bots.appOf(bot).appKey,
      isShared: place.isShared,
    })
    this.schedules = new Schedules({ store, journal: this.journal, clock, log, observer })
    const shadows = new Shadows(
      (bot, plugin, path) => this.webhooks.has(path) && !this.dispatcher.isFull(bot, plugin),
    )
    shadows.set(options.bots)
    const isShared = apps.length > 1
    const bodies = new Bodies(undefined, isShared)
    this.webhooks = new Webhooks({
      journal: this.journal,
      bodies,
      clock,
      masterSecret: apps[0].masterSecret,
      observer,
      maxBytes: webhookBytes,
      isShared: place.isShared,
      ...{ log, hasTenants: isShared, trustProxies: options.trustProxies },
      isHere: conversation => conversation === '' || place.has(partitionOf(conversation)),
      ownerOf: bot => this.#bots.appOf(bot).appKey,
      isFull: (bot, plugin) => {
        const room = isShared ? this.#roomOf(bot, pending) : pending - this.outbox.waiting
        return room <= 0 || this.dispatcher.isFull(bot, plugin, room)
      },
      loading: (bot, plugin) => this.host.loading(bot, plugin),
      alsoFor: shadows.alsoFor,
    })
    const heard = apps.map(app => {
      const routes = this.host.routesOf(app.appKey)
      const { waitingFor } = this.#dialogues
      const means = { appKey: app.appKey, journal: this.journal, waitingFor, ...routes }
      return { ...app, inbound: new Inbound(means) }
    })
    const { outbox, host, journal, broadcasts, jobs, schedules, dispatcher } = this
    const desk = {
      store,
      clock,
      log,
      everyMs: options.ordersEveryMs,
      journal,
      host,
      broadcasts,
      schedules,
      outbox,
      place,
    }
    this.orders = orderDesk({ ...desk, retry: delivery => this.dispatcher.retry(delivery) })
    const { keep } = options
    this.#duties = new Duties(
      [
        { name: 'jobs', start: () => jobs.start(), stop: () => jobs.stop() },
        { name: 'schedules', start: goesOn => schedules.start(goesOn), stop: () => schedules.pause() },
        ...pollerDuties(heard, { store, clock, log }),
        ...duty(keep !== undefined && 'pruner', () => new Pruner({ store, clock, log, keep: keep! })),
        { name: 'orders', start: () => this.orders.start(), stop: () => this.orders.pause() },
      ],
      log,
    )
    const stuck = new StuckNotes(store)
    this.#stuckNotes = stuck
    this.#worker =
      this.#fleet &&
      new FleetWorker({
        ...{ place, journal, dispatcher, outbox, broadcasts, jobs, stuck, clock, log },
        duties: this.#duties,
      })
    const { baseDir, busy, watchShadow } = options
    this.#bots = new Bots({
      ...{ store, clock, log, makeId, baseDir, busy, watchShadow },
      ...{ outbox, broadcasts, journal, jobs, host, webhooks: this.webhooks, schedules, dispatcher },
      dialogues: this.#dialogues,
    })
    const bots = this.#bots
    const { signal } = this.#stopped
    const accounts = new Accounts({ store, clock, log, signal, appFor: spec => bots.appFor(spec) })
    this.#accounts = accounts
    const raise = async (spec: BotSpec) => {
      await bots.raise(spec)
      await broadcasts.look()
    }
    const latecomers = new Latecomers({ accounts, log, signal, raise })
    this.#latecomers = latecomers
    this.#applier = new Applier({ bots, accounts, latecomers, broadcasts, shadows, clock, log, signal })
    const callback = callbackHandler({ apps: heard, bodies })
    this.http = createHttp({ webhook: this.webhooks.handle, callback, log })
    this.shortcut = createShortcut(this.webhooks, log)
  }

  /** How many of the 64 parts of all conversations this process sees to, where several share them. */
  get parts(): number | undefined {
    return this.#fleet?.count
  }

  /** The bots that are up, each with the plugins that are loaded for it. */
  get bots(): readonly BotSpec[] {
    return this.#bots.specs
  }

  /** Events and calls that wait or are under way. */
  get waiting(): number {
    return this.dispatcher.waiting + this.outbox.waiting
  }

  /** How many events may wait for the bots of the app of a bot: with its calls no more than is free of what all may have. */
  #roomOf(bot: string, pending: number): number {
    return pending - this.waiting - this.#bots.appOf(bot).waiting
  }

  /**
   * Brings the bots up, and takes up what an earlier process left.
   *
   * @throws AppError when a bot's identity is taken, or a plugin cannot be set up
   */
  async start(): Promise<void> {
    await this.journal.open()
    await this.#dialogues.start()
    await this.#fleet?.join()
    const { apps, bots } = this.#options
    // Bots of several apps do not wait for those of one that is away.
    const later = new Set(await this.#accounts.seeAll(bots, apps.length === 1))
    const calls = await this.outbox.resume()
    for (const spec of bots) if (!later.has(spec)) await this.#bots.raise(spec)
    await this.broadcasts.start()
    const { stuck = [] } = this.#options
    // Shared deliveries may be elsewhere by now: whoever takes them over is told.
    if (this.#fleet) await this.#stuckNotes.add(stuck)
    const deliveries = await this.dispatcher.resume(this.#fleet ? [] : stuck)
    if (calls + deliveries > 0) this.#log.info({ calls, deliveries }, 'took up what an earlier run left')
    if (this.#worker) await this.#fleet!.work(this.#worker)
    else await this.#duties.take(ALL_PARTS, false)
    this.#latecomers.await([...later])
  }

  /**
   * Makes the bots that run be these, once they are started: see {@link Applier.apply}.
   *
   * @throws AppError when all stops
   */
  apply(bots: readonly BotSpec[]): Promise<Applied> {
    return this.#applier.apply(bots)
  }

  /** Ends within about `graceMs`: what runs may come to its end, what waits is on disk. */
  async stop(graceMs = 10_000): Promise<void> {
    const end = this.#clock.now() + graceMs
    const left = () => Math.max(0, end - this.#clock.now())
    this.#stopped.abort(new Error('shutting down'))
    this.webhooks.waits.stop()
    this.#worker?.stop()
    await this.#applier.settled(left())
    await this.orders.stop()
    await this.#duties.leaveAll()
    await this.schedules.stop()
    await this.dispatcher.stop(left())
    this.broadcasts.stop()
    await this.outbox.stop(left())
    await this.host.unloadAll()
    await this.#fleet?.leave()
  }
}
