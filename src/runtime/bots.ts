import { backoffMs } from '../base/backoff.ts'
import { type Clock, sleep } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import type { IdMaker } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Client } from '../client/index.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import { Bot } from './bot/bot.ts'
import type { Broadcasts } from './bot/broadcast/broadcasts.ts'
import type { BotContext } from './bot/context.ts'
import { ensureIdentity } from './bot/identity.ts'
import { CORE_PLUGIN } from './bot/lift.ts'
import { MediaUploads } from './bot/media-uploads.ts'
import type { Outbox } from './bot/outbox.ts'
import type { BusyMark } from './dispatch/busy.ts'
import type { Dispatcher } from './dispatch/dispatcher.ts'
import type { Journal } from './events/journal.ts'
import type { BotSpec, PluginSpec } from './options.ts'
import { isOutage } from './outage.ts'
import { corePlugin } from './plugin/core.ts'
import type { Hearing, HostedDeps, PluginHost } from './plugin/host.ts'
import { remoteDeps } from './plugin/worker/remote-deps.ts'
import { type ShadowWatch, shadowOf } from './shadow/shadow.ts'
import type { Schedules } from './sources/cron/schedules.ts'
import type { Jobs } from './sources/jobs.ts'
import type { Webhooks } from './sources/webhook/webhooks.ts'

export interface BotsOptions {
  readonly store: Store<RuntimeTables>
  readonly client: Client
  readonly appKey: string
  readonly clock: Clock
  readonly log: Log
  readonly makeId: IdMaker
  readonly baseDir: string
  /** Aborted when all stops. */
  readonly signal: AbortSignal
  readonly outbox: Outbox
  readonly broadcasts: Broadcasts
  readonly journal: Journal
  readonly jobs: Jobs
  readonly host: PluginHost
  readonly webhooks: Webhooks
  readonly schedules: Schedules
  readonly dispatcher: Dispatcher
  readonly busy?: BusyMark | undefined
  readonly watchShadow?: ShadowWatch | undefined
}

/** A plugin that takes longer to be set up is told of. */
const SLOW_SETUP_MS = 10_000
const HEARS_ALL: Hearing = { groups: 'all', rooms: 'all', direct: true }

/** Brings bots up: their accounts at JMessage, what they do their work with, and their plugins. */
export class Bots {
  readonly #options: BotsOptions

  constructor(options: BotsOptions) {
    this.#options = options
  }

  /** Sees to the account of a bot; waits for JMessage, if need be: without its account a bot can do nothing. */
  async identify({ id, mode, username, nickname, avatar, adopt = false }: BotSpec): Promise<void> {
    if (mode === 'shadow') return
    const { client, store, appKey, clock, log, signal } = this.#options
    for (let failures = 1; ; failures++) {
      try {
        const options = { client, store, appKey, now: () => clock.now(), log }
        return await ensureIdentity(options, { bot: id, username, nickname, avatar, adopt })
      } catch (thrown) {
        const error = asError(thrown)
        if (!isOutage(error)) throw error
        if (failures === 1)
          log.warn({ bot: id, reason: error.message }, 'waiting for JMessage to register a bot')
        await sleep(clock, backoffMs(failures, { firstMs: 500, longestMs: 15_000 }), signal)
      }
    }
  }

  /** Sets a bot up, and its plugins. */
  async raise(spec: BotSpec): Promise<void> {
    const { store, clock, makeId, appKey, baseDir, broadcasts, journal, jobs, host } = this.#options
    const { id, username, hearing = HEARS_ALL, plugins } = spec
    const { outbox, client } = this.#meansOf(spec)
    const isShadow = spec.mode === 'shadow'
    broadcasts.addBot(id, { sending: outbox, isShadow })
    const media = new MediaUploads({ client, store, appKey, baseDir, forgets: isShadow })
    const means = { outbox, journal, client, clock, jobs, media, broadcasts, makeId }
    const context: BotContext = { id, username, ...means }
    const bot = new Bot(context, store)
    host.addBot(bot, hearing)
    const core: PluginSpec = { name: CORE_PLUGIN, definition: corePlugin, config: {} }
    for (const plugin of [core, ...plugins]) await this.#load(spec, plugin, { bot, context })
  }

  /** What a bot does its work with; in the shadow, what looks the same and lets nothing out. */
  #meansOf({ id: bot, mode }: BotSpec) {
    const { outbox, client, store, clock, makeId, watchShadow: watch } = this.#options
    return mode === 'shadow' ? shadowOf({ bot, store, client, clock, makeId, watch }) : { outbox, client }
  }

  async #load(spec: BotSpec, plugin: PluginSpec, { bot, context }: { bot: Bot; context: BotContext }) {
    const { store, clock, baseDir, jobs, host, webhooks, schedules, dispatcher, busy } = this.#options
    const { id, prefix = '/', timezone = 'UTC', roles = {} } = spec
    const { name, definition, config, isolation } = plugin
    const noteError = (error: Error) => dispatcher.noteError(id, name, error)
    const log = this.#options.log.child({ bot: id, plugin: name })
    const thread = isolation === 'worker' ? remoteDeps(plugin, { context, baseDir, noteError }) : undefined
    const deps: HostedDeps = {
      ...{ bot, name, prefix, timezone, roles },
      ...{ store, jobs, webhooks, schedules, clock, log, thread },
    }
    dispatcher.limit(id, name, plugin.limits ?? {})
    busy?.settingUp(busy.numberOf({ bot: id, plugin: name }))
    const told = clock.after(SLOW_SETUP_MS, () =>
      log.warn({}, 'this plugin is still being set up; nothing starts before it is'),
    )
    try {
      await host.load(definition, config, deps)
    } finally {
      told()
      busy?.settingUp()
    }
  }
}
