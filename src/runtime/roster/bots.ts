import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { IdMaker } from '../../base/ids.ts'
import type { Log } from '../../base/log.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { AppOutbox } from '../bot/app-outbox.ts'
import { Bot } from '../bot/bot.ts'
import type { Broadcasts } from '../bot/broadcast/broadcasts.ts'
import type { BotContext } from '../bot/context.ts'
import { CORE_PLUGIN } from '../bot/lift.ts'
import { MediaUploads } from '../bot/media-uploads.ts'
import type { Outbox } from '../bot/outbox.ts'
import { StoredBook } from '../bot/sent-book.ts'
import type { BusyMark } from '../dispatch/busy.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Journal } from '../events/journal.ts'
import type { BotSpec, PluginSpec } from '../options.ts'
import { StoredSwitches } from '../plugin/commands/command-switches.ts'
import { corePlugin } from '../plugin/core/core.ts'
import type { Dialogues } from '../plugin/dialogue/dialogues.ts'
import type { Hearing, HostedDeps, PluginHost } from '../plugin/host.ts'
import type { House } from '../plugin/household.ts'
import { StoredLanguages } from '../plugin/language/language-choices.ts'
import { Languages } from '../plugin/language/languages.ts'
import type { Manners } from '../plugin/manners.ts'
import { BotServices } from '../plugin/services/bot-services.ts'
import { demandServices, planServices } from '../plugin/services/plan-services.ts'
import { sharedInShadow } from '../plugin/state/state-keep.ts'
import { remoteDeps } from '../plugin/worker/remote-deps.ts'
import { type ShadowWatch, shadowOf } from '../shadow/shadow.ts'
import type { Schedules } from '../sources/cron/schedules.ts'
import type { Jobs } from '../sources/jobs.ts'
import type { Webhooks } from '../sources/webhook/webhooks.ts'
import { DEFAULT_LANGUAGE } from '../texts/language.ts'

export interface BotsOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly makeId: IdMaker
  readonly baseDir: string
  readonly outbox: Outbox
  readonly broadcasts: Broadcasts
  readonly journal: Journal
  readonly jobs: Jobs
  readonly host: PluginHost
  readonly webhooks: Webhooks
  readonly schedules: Schedules
  readonly dispatcher: Dispatcher
  readonly dialogues: Dialogues
  readonly busy?: BusyMark | undefined
  readonly watchShadow?: ShadowWatch | undefined
}

/** A plugin at work, and its bot as it was when the plugin was set up. */
export interface Loaded {
  readonly plugin: PluginSpec
  readonly under: BotSpec
  /** By service: the instance that provides what it uses. */
  readonly sources: ReadonlyMap<string, string>
  /** It was undone, as what it uses is loaded anew or goes; it is to be loaded anew, too. */
  readonly isResting?: boolean
}

/** A bot that is up, and what is loaded for it, by the names of the plugins. */
export interface Raised {
  readonly spec: BotSpec
  readonly bot: Bot
  readonly context: BotContext
  /** The last that was loaded comes last. */
  readonly loaded: Map<string, Loaded>
  readonly services: BotServices
}

/** A plugin that takes longer to be set up is told of. */
const SLOW_SETUP_MS = 10_000
export const HEARS_ALL: Hearing = { groups: 'all', rooms: 'all', direct: true }
/** What each bot has. */
export const CORE: PluginSpec = { name: CORE_PLUGIN, definition: corePlugin, config: {} }

/** All plugins that a bot is to have, each after those whose services it uses. */
export const pluginsOf = (spec: BotSpec): readonly PluginSpec[] => [CORE, ...planServices(spec).order]

/** A bot as it is now: a plugin that did not come back is not among its own. */
export const specOf = ({ spec, loaded }: Raised): BotSpec => ({
  ...spec,
  plugins: [...loaded.values()].flatMap(({ plugin }) => (plugin === CORE ? [] : [plugin])),
})

/** As {@link Manners}, with what stands for what is left out. */
const mannersOf = ({
  prefix = '/',
  nickname,
  timezone = 'UTC',
  roles = {},
  help = true,
  language = DEFAULT_LANGUAGE,
  languages,
}: BotSpec): Manners => ({
  ...{ prefix, nickname, timezone, roles, help, language, languages },
})

/** Brings bots up: what they do their work with, and their plugins. */
export class Bots {
  readonly #options: BotsOptions
  readonly #raised = new Map<string, Raised>()
  /** Of commands, by the ids of bots. */
  readonly #switches = new Map<string, StoredSwitches>()
  /** As people chose them, by the ids of bots. */
  readonly #languages = new Map<string, StoredLanguages>()
  /** The ways out of the apps, by their names. */
  readonly #apps: ReadonlyMap<string, AppOutbox>
  /** By the names of the bots' files. */
  readonly #byBot = new Map<string, AppOutbox>()

  constructor(options: BotsOptions) {
    this.#options = options
    this.#apps = new Map(options.outbox.apps.map(app => [app.name, app]))
  }

  /** The app of a bot (the name of its file) that was raised; the main one for others. */
  appOf(bot: string): AppOutbox {
    return this.#byBot.get(bot) ?? this.#options.outbox.main
  }

  /** By their ids. */
  get raised(): ReadonlyMap<string, Raised> {
    return this.#raised
  }

  /** As they are now. */
  get specs(): BotSpec[] {
    return [...this.#raised.values()].map(specOf)
  }

  /** Sets a bot up, and its plugins. */
  async raise(spec: BotSpec): Promise<void> {
    demandServices(spec)
    this.settle(spec)
    for (const plugin of pluginsOf(spec)) await this.load(spec, plugin)
  }

  /** Gives a bot what it does its work with; in place of the one with its id, whose plugins stay as they are. */
  settle(spec: BotSpec): void {
    const { store, clock, makeId, baseDir, broadcasts, journal, jobs, host } = this.#options
    const { id, username, hearing = HEARS_ALL } = spec
    const exit = this.appFor(spec)
    const { appKey } = exit
    this.#byBot.set(id, exit)
    const { outbox, client } = this.#meansOf(spec, exit)
    const isShadow = spec.mode === 'shadow'
    broadcasts.addBot(id, { sending: outbox, exit, isShadow })
    const media = new MediaUploads({ client, store, appKey, baseDir, forgets: isShadow })
    const app = exit === this.#options.outbox.main ? undefined : exit.name
    const book = new StoredBook({ bot: id, username, app, appKey, isShadow, store, journal, outbox: exit })
    const means = { outbox, journal, client, clock, jobs, media, broadcasts, makeId, book }
    const languages = new Languages(mannersOf(spec), this.#languagesOf(id))
    const context: BotContext = { id, username, app, languages, ...means }
    const bot = new Bot(context, store)
    host.addBot(bot, hearing, appKey)
    const { loaded = new Map<string, Loaded>(), services = new BotServices() } = this.#raised.get(id) ?? {}
    this.#raised.set(id, { spec, bot, context, loaded, services })
  }

  /** Has what a bot hears, and all else that needs no other means, be as in `spec`. */
  adjust(spec: BotSpec): void {
    const raised = this.#raised.get(spec.id)!
    this.#options.host.setHearing(spec.id, spec.hearing ?? HEARS_ALL)
    this.#raised.set(spec.id, { ...raised, spec })
  }

  /** Unloads all plugins of a bot, which hears and says nothing any more. What is in the outbox still leaves. */
  async lower(id: string): Promise<void> {
    const { host, broadcasts } = this.#options
    this.#raised.delete(id)
    broadcasts.removeBot(id)
    await host.removeBot(id)
  }

  /** What a bot does its work with; in the shadow, what looks the same and lets nothing out. */
  #meansOf({ id: bot, mode }: BotSpec, exit: AppOutbox) {
    const { store, clock, makeId, watchShadow: watch } = this.#options
    const { client, appKey: app } = exit
    return mode === 'shadow'
      ? shadowOf({ bot, app, store, client, clock, makeId, watch })
      : { outbox: exit, client }
  }

  /**
   * The app that a bot is to be of.
   *
   * @throws AppError `app.unknown`
   */
  appFor({ id, app }: BotSpec): AppOutbox {
    const { main } = this.#options.outbox
    const exit = app === undefined ? main : this.#apps.get(app)
    if (exit) return exit
    throw new AppError(`bot ${id} is of the app '${app}', which is not there`, {
      code: 'app.unknown',
      hint: `Known here: ${[...this.#apps.keys()].join(', ')}. One that is new in config.yaml takes a restart.`,
    })
  }

  /** Has limits hold for a plugin that is loaded. */
  limit({ id }: BotSpec, plugin: PluginSpec): void {
    const { loaded } = this.#raised.get(id)!
    this.#options.dispatcher.limit(id, plugin.name, plugin.limits ?? {})
    loaded.set(plugin.name, { ...loaded.get(plugin.name)!, plugin })
  }

  #houseOf(spec: BotSpec): House {
    const { host } = this.#options
    return { ...host.houseOf(spec.id, this.appFor(spec).appKey), isShadow: spec.mode === 'shadow' }
  }

  #switchesOf(bot: string): StoredSwitches {
    const { store, clock } = this.#options
    const switches = this.#switches.get(bot) ?? StoredSwitches.of(store, clock, bot)
    this.#switches.set(bot, switches)
    return switches
  }

  #languagesOf(bot: string): StoredLanguages {
    const { store, clock } = this.#options
    const languages = this.#languages.get(bot) ?? StoredLanguages.of(store, clock, bot)
    this.#languages.set(bot, languages)
    return languages
  }

  /**
   * Undoes what plugins set up, each before those whose services it uses; they are to be loaded anew. What is for them
   * waits until the function is called that this resolves with.
   */
  async rest({ id }: BotSpec, plugins: readonly string[]): Promise<() => void> {
    const { host } = this.#options
    const { loaded } = this.#raised.get(id)!
    const release = host.hold(id, plugins)
    for (const name of plugins) {
      loaded.set(name, { ...loaded.get(name)!, isResting: true })
      await host.rest(id, name)
    }
    return release
  }

  async unload({ id }: BotSpec, plugin: string): Promise<void> {
    this.#raised.get(id)!.loaded.delete(plugin)
    await this.#options.host.unload(id, plugin)
  }

  /**
   * Sets a plugin up for a bot that is up; in place of the one with its name, which goes on if this one fails.
   *
   * @param signal  gives it up, if it is not set up by then
   * @throws what its `setup` threw
   */
  async load(spec: BotSpec, plugin: PluginSpec, signal?: AbortSignal): Promise<void> {
    const { store, clock, baseDir, jobs, host, webhooks, schedules, dispatcher, busy } = this.#options
    const { id } = spec
    const { name, definition, config, isolation, commands: commandRules } = plugin
    const { bot, context, loaded, services } = this.#raised.get(id)!
    const sources = planServices(spec).sourcesOf(name)
    const noteError = (error: Error) => dispatcher.noteError(id, name, error)
    const log = this.#options.log.child({ bot: id, plugin: name })
    const thread = isolation === 'worker' ? remoteDeps(plugin, { context, baseDir, noteError }) : undefined
    const manners = mannersOf(spec)
    // In the shadow nobody is asked, so that nothing is waited for.
    const dialogues = spec.mode === 'shadow' ? undefined : this.#options.dialogues.of(id, name)
    const deps: HostedDeps = {
      ...{ bot, name, manners, dialogues, commandRules },
      ...{ switches: this.#switchesOf(id), languages: this.#languagesOf(id) },
      house: plugin === CORE ? this.#houseOf(spec) : undefined,
      ...{ store, jobs, webhooks, schedules, clock, log, thread },
      services: services.deskOf(name, sources),
      ...(spec.mode === 'shadow' ? { sharedAs: sharedInShadow(id) } : {}),
    }
    dispatcher.limit(id, name, plugin.limits ?? {})
    busy?.settingUp(busy.numberOf({ bot: id, plugin: name }))
    const told = clock.after(SLOW_SETUP_MS, () =>
      log.warn({}, 'this plugin is still being set up; what is for it waits'),
    )
    try {
      await host.load(definition, config, deps, signal)
      loaded.delete(name)
      loaded.set(name, { plugin, under: spec, sources })
    } catch (error) {
      const former = host.instance(id, name) && loaded.get(name)
      loaded.delete(name)
      if (former) {
        const { isResting: _, ...back } = former
        loaded.set(name, back)
        dispatcher.limit(id, name, former.plugin.limits ?? {})
      }
      throw error
    } finally {
      told()
      busy?.settingUp()
    }
  }
}
