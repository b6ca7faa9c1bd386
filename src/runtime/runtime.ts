import type { Hono } from 'hono'
import { backoffMs } from '../base/backoff.ts'
import { type Clock, sleep, systemClock } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import { type IdMaker, idMaker } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { StoreError } from '../store/index.ts'
import { Bot } from './bot/bot.ts'
import { Broadcasts } from './bot/broadcast/broadcasts.ts'
import type { BotContext } from './bot/context.ts'
import { ensureIdentity } from './bot/identity.ts'
import { CORE_PLUGIN } from './bot/lift.ts'
import { MediaUploads } from './bot/media-uploads.ts'
import { Outbox } from './bot/outbox.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import { Journal } from './events/journal.ts'
import { Duties, duty } from './fleet/duties.ts'
import type { Fleet } from './fleet/fleet.ts'
import { FleetWorker } from './fleet/fleet-worker.ts'
import { PARTITIONS } from './fleet/partition.ts'
import { alone, type Place } from './fleet/place.ts'
import { createHttp } from './http.ts'
import { noObserver } from './observer.ts'
import type { BotSpec, PluginSpec, RuntimeOptions } from './options.ts'
import { orderDesk } from './orders/desk.ts'
import type { Orders } from './orders/orders.ts'
import { isOutage } from './outage.ts'
import { corePlugin } from './plugin/core.ts'
import { type Hearing, type HostedDeps, PluginHost } from './plugin/host.ts'
import { PluginInterrupted } from './plugin/worker/interrupted.ts'
import { remoteDeps } from './plugin/worker/remote-deps.ts'
import { Pruner } from './pruner.ts'
import { Shadows, shadowOf } from './shadow/shadow.ts'
import { createShortcut, type Shortcut } from './shortcut.ts'
import { Bodies } from './sources/bodies.ts'
import { callbackHandler } from './sources/callback.ts'
import { Schedules } from './sources/cron/schedules.ts'
import { Inbound } from './sources/inbound.ts'
import { Jobs } from './sources/jobs.ts'
import { Poller } from './sources/poller.ts'
import { Webhooks } from './sources/webhook/webhooks.ts'

/** What fails so long by JMessage alone, while that does all else well, is no outage. */
const ALONE_MS = 15 * 60_000
/** A plugin that takes longer to be set up is told of. */
const SLOW_SETUP_MS = 10_000
const HEARS_ALL: Hearing = { groups: 'all', rooms: 'all', direct: true }

const ALL_PARTS: ReadonlySet<number> = new Set(Array.from({ length: PARTITIONS }, (_, number) => number))

/** The bots, their plugins, and the path every event takes: source, journal, dispatch, plugin, bot, outbox, JMessage. */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #makeId: IdMaker
  readonly #duties: Duties
  readonly #fleet: Fleet | undefined
  readonly #worker: FleetWorker | undefined
  readonly #stopped = new AbortController()
  readonly dispatcher: Dispatcher
  readonly outbox: Outbox
  readonly broadcasts: Broadcasts
  readonly host: PluginHost
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
    const {
      store,
      client,
      appKey,
      masterSecret,
      log,
      clock = systemClock,
      limits = {},
      pollEveryMs,
      observer = noObserver,
    } = options
    const { pending = 100_000, webhookBytes = 1024 * 1024 } = limits
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#makeId = idMaker(() => clock.now())
    const makeId = this.#makeId
    this.#fleet = options.fleet
    const place: Place = options.fleet ?? alone
    this.outbox = new Outbox({
      ...{ store, client, clock, log, makeId, observer, place },
      limits: limits.send ?? {},
    })
    this.broadcasts = new Broadcasts({
      ...{ store, clock, log, makeId, place },
      quota: () => this.outbox.quota?.limit,
      estimateMs: messages => this.outbox.estimateMs(messages, 'bulk'),
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
      handle: this.host.handle,
      isOutage: (error, since) =>
        error instanceof StoreError ||
        error instanceof PluginInterrupted ||
        (isOutage(error) && this.outbox.lastWellAt < since + ALONE_MS),
    })
    this.jobs = new Jobs({ store, journal: this.journal, clock, log, makeId, place })
    this.schedules = new Schedules({ store, journal: this.journal, clock, log, observer })
    const shadows = new Shadows(
      options.bots,
      (bot, plugin, path) => this.webhooks.paths.includes(path) && !this.dispatcher.isFull(bot, plugin),
    )
    const bodies = new Bodies()
    this.webhooks = new Webhooks({
      journal: this.journal,
      bodies,
      clock,
      masterSecret,
      observer,
      maxBytes: webhookBytes,
      isShared: place.isShared,
      isFull: (bot, plugin) => {
        const room = pending - this.outbox.waiting
        return room <= 0 || this.dispatcher.isFull(bot, plugin, room)
      },
      alsoFor: shadows.alsoFor,
    })
    const { route, routeEvent, isOwn } = this.host
    const inbound = new Inbound({ appKey, journal: this.journal, route, routeEvent, isOwn })
    const { outbox, host, journal, broadcasts, jobs, schedules, dispatcher } = this
    const desk = {
      store,
      clock,
      log,
      everyMs: options.ordersEveryMs,
      journal,
      host,
      broadcasts,
      outbox,
      place,
    }
    this.orders = orderDesk({ ...desk, retry: delivery => this.dispatcher.retry(delivery) })
    const { keep } = options
    this.#duties = new Duties(
      [
        { name: 'jobs', start: () => jobs.start(), stop: () => jobs.stop() },
        { name: 'schedules', start: goesOn => schedules.start(goesOn), stop: () => schedules.pause() },
        ...duty(pollEveryMs !== undefined && 'poller', () => {
          return new Poller({ client, store, inbound, appKey, clock, log, everyMs: pollEveryMs! })
        }),
        ...duty(keep !== undefined && 'pruner', () => new Pruner({ store, clock, log, keep: keep! })),
        { name: 'orders', start: () => this.orders.start(), stop: () => this.orders.pause() },
      ],
      log,
    )
    this.#worker =
      this.#fleet &&
      new FleetWorker({
        ...{ place, journal, dispatcher, outbox, broadcasts, jobs, clock, log },
        duties: this.#duties,
      })
    const callback = callbackHandler({ appKey, masterSecret, inbound, bodies })
    this.http = createHttp({ webhook: this.webhooks.handle, callback, log })
    this.shortcut = createShortcut(this.webhooks, log)
  }

  /** How many of the 64 parts of all conversations this process sees to, where several share them. */
  get parts(): number | undefined {
    return this.#fleet?.count
  }

  /** Events and calls that wait or are under way. */
  get waiting(): number {
    return this.dispatcher.waiting + this.outbox.waiting
  }

  /**
   * Brings the bots up, and takes up what an earlier process left.
   *
   * @throws AppError when a bot's identity is taken, or a plugin cannot be set up
   */
  async start(): Promise<void> {
    await this.journal.open()
    await this.#fleet?.join()
    for (const spec of this.#options.bots) if (spec.mode !== 'shadow') await this.#identify(spec)
    const calls = await this.outbox.resume()
    for (const spec of this.#options.bots) await this.#raise(spec)
    await this.broadcasts.start()
    const deliveries = await this.dispatcher.resume(this.#options.stuck)
    if (calls + deliveries > 0) this.#log.info({ calls, deliveries }, 'took up what an earlier run left')
    if (this.#worker) await this.#fleet!.work(this.#worker)
    else await this.#duties.take(ALL_PARTS, false)
  }

  /** Ends within about `graceMs`: what runs may come to its end, what waits is on disk. */
  async stop(graceMs = 10_000): Promise<void> {
    const end = this.#clock.now() + graceMs
    const left = () => Math.max(0, end - this.#clock.now())
    this.#stopped.abort(new Error('shutting down'))
    this.#worker?.stop()
    await this.orders.stop()
    await this.#duties.leaveAll()
    await this.schedules.stop()
    await this.dispatcher.stop(left())
    this.broadcasts.stop()
    await this.outbox.stop(left())
    await this.host.unloadAll()
    await this.#fleet?.leave()
  }

  /** Waits for JMessage, if need be: without its account a bot can do nothing. */
  async #identify({ id, username, nickname, avatar, adopt = false }: BotSpec): Promise<void> {
    const { client, store, appKey } = this.#options
    for (let failures = 1; ; failures++) {
      try {
        const options = { client, store, appKey, now: () => this.#clock.now(), log: this.#log }
        return await ensureIdentity(options, { bot: id, username, nickname, avatar, adopt })
      } catch (thrown) {
        const error = asError(thrown)
        if (!isOutage(error)) throw error
        if (failures === 1)
          this.#log.warn({ bot: id, reason: error.message }, 'waiting for JMessage to register a bot')
        await sleep(
          this.#clock,
          backoffMs(failures, { firstMs: 500, longestMs: 15_000 }),
          this.#stopped.signal,
        )
      }
    }
  }

  /** What a bot does its work with; in the shadow, what looks the same and lets nothing out. */
  #meansOf({ id, mode }: BotSpec) {
    const { client, store, watchShadow: watch } = this.#options
    if (mode !== 'shadow') return { outbox: this.outbox, client }
    return shadowOf({ bot: id, store, client, clock: this.#clock, makeId: this.#makeId, watch })
  }

  async #raise(spec: BotSpec): Promise<void> {
    const { store, appKey, baseDir } = this.#options
    const { outbox, client } = this.#meansOf(spec)
    const { id, username, hearing = HEARS_ALL, prefix = '/', timezone = 'UTC', roles = {}, plugins } = spec
    const { broadcasts, journal, jobs, webhooks, schedules } = this
    broadcasts.addBot(id, { sending: outbox, isShadow: spec.mode === 'shadow' })
    const clock = this.#clock
    const media = new MediaUploads({ client, store, appKey, baseDir, forgets: spec.mode === 'shadow' })
    const means = { outbox, journal, client, clock, jobs, media, broadcasts, makeId: this.#makeId }
    const context: BotContext = { id, username, ...means }
    const bot = new Bot(context, store)
    this.host.addBot(bot, hearing)
    const core: PluginSpec = { name: CORE_PLUGIN, definition: corePlugin, config: {} }
    const { dispatcher } = this
    for (const plugin of [core, ...plugins]) {
      const { name, definition, config, isolation } = plugin
      const noteError = (error: Error) => dispatcher.noteError(id, name, error)
      const log = this.#log.child({ bot: id, plugin: name })
      const deps: HostedDeps = {
        bot,
        name,
        prefix,
        timezone,
        roles,
        store,
        jobs,
        webhooks,
        schedules,
        clock,
        log,
        thread: isolation === 'worker' ? remoteDeps(plugin, { context, baseDir, noteError }) : undefined,
      }
      const { busy } = this.#options
      dispatcher.limit(id, name, plugin.limits ?? {})
      busy?.settingUp(busy.numberOf({ bot: id, plugin: name }))
      const told = clock.after(SLOW_SETUP_MS, () =>
        log.warn({}, 'this plugin is still being set up; nothing starts before it is'),
      )
      try {
        await this.host.load(definition, config, deps)
      } finally {
        told()
        busy?.settingUp()
      }
    }
  }
}
