import type { Hono } from 'hono'
import { backoffMs } from '../base/backoff.ts'
import { type Clock, sleep, systemClock } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import { type IdMaker, idMaker } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { ApiError, type Client, RateLimited, TransportError } from '../client/index.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import { Bot } from './bot/bot.ts'
import { ensureIdentity } from './bot/identity.ts'
import { CORE_PLUGIN } from './bot/lift.ts'
import { MediaUploads } from './bot/media-uploads.ts'
import { Outbox } from './bot/outbox.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import type { DispatchLimits } from './dispatch/limits.ts'
import { Journal } from './events/journal.ts'
import { createHttp } from './http.ts'
import { corePlugin } from './plugin/core.ts'
import type { PluginDefinition } from './plugin/define.ts'
import { type Hearing, PluginHost } from './plugin/host.ts'
import type { InstanceDeps } from './plugin/instance.ts'
import { callbackHandler } from './sources/callback.ts'
import { Schedules } from './sources/cron/schedules.ts'
import { Inbound } from './sources/inbound.ts'
import { Jobs } from './sources/jobs.ts'
import { Poller } from './sources/poller.ts'
import { Webhooks } from './sources/webhook/webhooks.ts'

/** A plugin for a bot, its settings checked. */
export interface PluginSpec {
  /** Name of the instance. */
  readonly name: string
  readonly definition: PluginDefinition
  readonly config: unknown
}

/** A bot, as its file describes it. */
export interface BotSpec {
  /** Name of the file. */
  readonly id: string
  readonly username: string
  readonly nickname?: string | undefined
  readonly avatar?: string | undefined
  readonly adopt?: boolean
  readonly hearing?: Hearing
  readonly prefix?: string
  readonly timezone?: string
  /** Role to usernames. Those with the role `owner` have every role. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  readonly plugins: readonly PluginSpec[]
}

export interface RuntimeOptions {
  readonly store: Store<RuntimeTables>
  readonly client: Client
  readonly appKey: string
  readonly masterSecret: string
  readonly bots: readonly BotSpec[]
  /** Relative paths of media start here. */
  readonly baseDir: string
  readonly log: Log
  readonly clock?: Clock
  readonly limits?: Partial<DispatchLimits> & {
    /** Largest body of a webhook. Default 1 MiB. */
    readonly webhookBytes?: number
    /** So many events and calls may wait; then webhooks are refused for a while. Default 100,000. */
    readonly pending?: number
  }
  /** Read messages from JMessage's history every so many ms; without it only callbacks bring messages. */
  readonly pollEveryMs?: number | undefined
}

const HEARS_ALL: Hearing = { groups: 'all', rooms: 'all', direct: true }

/** The bots, their plugins, and the path every event takes: source, journal, dispatch, plugin, bot, outbox, JMessage. */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #makeId: IdMaker
  readonly #dispatcher: Dispatcher
  readonly #poller: Poller | undefined
  readonly #stopped = new AbortController()
  readonly outbox: Outbox
  readonly host: PluginHost
  readonly journal: Journal
  readonly jobs: Jobs
  readonly schedules: Schedules
  readonly webhooks: Webhooks
  /** Webhooks and callbacks; more routes may be added. */
  readonly http: Hono

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
    } = options
    const { pending = 100_000, webhookBytes = 1024 * 1024 } = limits
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#makeId = idMaker(() => clock.now())
    const makeId = this.#makeId
    this.outbox = new Outbox({ store, client, clock, log, makeId })
    this.host = new PluginHost(log)
    this.journal = new Journal({
      store,
      now: () => clock.now(),
      makeId,
      onAccepted: deliveries => this.#dispatcher.add(deliveries),
    })
    this.#dispatcher = new Dispatcher({
      clock,
      log,
      limits,
      journal: this.journal,
      handle: this.host.handle,
      isOutage,
    })
    this.jobs = new Jobs({ store, journal: this.journal, clock, log, makeId })
    this.schedules = new Schedules({ journal: this.journal, clock, log })
    this.webhooks = new Webhooks({
      journal: this.journal,
      maxBytes: webhookBytes,
      isFull: () => this.waiting >= pending,
    })
    const { route, routeEvent, isOwn } = this.host
    const inbound = new Inbound({ appKey, journal: this.journal, route, routeEvent, isOwn })
    this.#poller =
      pollEveryMs === undefined
        ? undefined
        : new Poller({ client, store, inbound, appKey, clock, log, everyMs: pollEveryMs })
    const callback = callbackHandler({ appKey, masterSecret, inbound })
    this.http = createHttp({ webhook: this.webhooks.handle, callback, log })
  }

  /** Events and calls that wait or are under way. */
  get waiting(): number {
    return this.#dispatcher.waiting + this.outbox.waiting
  }

  /**
   * Brings the bots up, and takes up what an earlier process left.
   *
   * @throws AppError when a bot's identity is taken, or a plugin cannot be set up
   */
  async start(): Promise<void> {
    await this.journal.open()
    for (const spec of this.#options.bots) await this.#identify(spec)
    const calls = await this.outbox.resume()
    for (const spec of this.#options.bots) await this.#raise(spec)
    const deliveries = await this.#dispatcher.resume()
    if (calls + deliveries > 0) this.#log.info({ calls, deliveries }, 'took up what an earlier run left')
    await this.jobs.start()
    this.#poller?.start()
  }

  /** Ends within about `graceMs`: what runs may come to its end, what waits is on disk. */
  async stop(graceMs = 10_000): Promise<void> {
    this.#stopped.abort(new Error('shutting down'))
    this.schedules.stop()
    await this.#poller?.stop()
    await this.jobs.stop()
    await this.#dispatcher.stop(graceMs)
    await this.outbox.stop(graceMs)
    await this.host.unloadAll()
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

  async #raise(spec: BotSpec): Promise<void> {
    const { client, store, appKey, baseDir } = this.#options
    const { id, username, hearing = HEARS_ALL, prefix = '/', timezone = 'UTC', roles = {}, plugins } = spec
    const { outbox, journal, jobs, webhooks, schedules } = this
    const clock = this.#clock
    const media = new MediaUploads({ client, store, appKey, baseDir })
    const bot = new Bot(
      { id, username, outbox, journal, client, clock, jobs, media, makeId: this.#makeId },
      store,
    )
    this.host.addBot(bot, hearing)
    const core: PluginSpec = { name: CORE_PLUGIN, definition: corePlugin, config: {} }
    for (const { name, definition, config } of [core, ...plugins]) {
      const log = this.#log.child({ bot: id, plugin: name })
      const deps: InstanceDeps = {
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
      }
      await this.host.load(definition, config, deps)
    }
  }
}

/** Whether an error says that JMessage cannot be reached or is too busy, which is nobody's fault here. */
const isOutage = (error: Error): boolean =>
  error instanceof TransportError ||
  error instanceof RateLimited ||
  (error instanceof ApiError && error.status >= 500)
