import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { MessageRecord } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { ImEventData, Recipient } from '../events/event.ts'
import type { PluginDefinition } from './define.ts'
import type { Instance } from './deps.ts'
import { Audience } from './hearing/audience.ts'
import type { Hearing, Hosted, HostedDeps, House, Household } from './household.ts'
import { PluginInstance } from './instance.ts'
import { PluginInterrupted } from './worker/interrupted.ts'
import { RemoteInstance } from './worker/remote-instance.ts'

export type { Hearing, HostedDeps } from './household.ts'

/** Finds who has to handle what is told of an app, and whether one of its bots said it. */
export interface Routes {
  readonly route: (message: MessageRecord) => Recipient[]
  readonly routeEvent: (event: ImEventData) => Recipient[]
  readonly isOwn: (message: MessageRecord) => boolean
}

/** The bots and their plugins: loads and unloads them, and finds who handles an event. */
export class PluginHost {
  readonly #log: Log
  readonly #households = new Map<string, Household>()
  /** By appKey. */
  readonly #audiences = new Map<string, Audience>()

  constructor(log: Log) {
    this.#log = log
  }

  /** A bot of an app, in place of the one with its id, whose plugins stay until they are loaded anew. */
  addBot(bot: Bot, hearing: Hearing, appKey: string): void {
    const former = this.#households.get(bot.id)
    if (former) former.audience.remove(former)
    const audience = this.#audience(appKey)
    const { hosted = new Map(), loading = new Map(), held = new Map() } = former ?? {}
    const household: Household = { bot, hearing, hosted, loading, held, audience }
    this.#households.set(bot.id, household)
    audience.add(household)
  }

  /** Has a bot hear other conversations from now on. */
  setHearing(bot: string, hearing: Hearing): void {
    const household = this.#household(bot)
    household.audience.setHearing(household, hearing)
  }

  /** A bot hears nothing any more; then its plugins are unloaded, the last that was loaded first. */
  async removeBot(bot: string): Promise<void> {
    const household = this.#households.get(bot)
    if (!household) return
    this.#households.delete(bot)
    household.audience.remove(household)
    for (const { instance } of [...household.hosted.values()].reverse()) await instance.dispose()
  }

  /** What surrounds a bot of an app. */
  houseOf(bot: string, appKey: string): Omit<House, 'isShadow'> {
    return {
      id: bot,
      isSettled: () => this.#audience(appKey).isSettled,
      instances: () => this.instances(bot),
      hearers: message => this.#audience(appKey).botsThatHear(message),
    }
  }

  get bots(): readonly Bot[] {
    return [...this.#households.values()].map(({ bot }) => bot)
  }

  instance(bot: string, name: string): Instance | undefined {
    return this.#households.get(bot)?.hosted.get(name)?.instance
  }

  instances(bot: string): readonly Instance[] {
    return [...(this.#households.get(bot)?.hosted.values() ?? [])].map(({ instance }) => instance)
  }

  /** Resolves when a plugin that is being loaded is there, or is not to be; `undefined` if it is not being loaded. */
  loading(bot: string, name: string): Promise<void> | undefined {
    const household = this.#households.get(bot)
    return household?.loading.get(name) ?? household?.held.get(name)
  }

  /** Has what is for plugins wait, until the function is called that this returns. */
  hold(bot: string, names: readonly string[]): () => void {
    const { held } = this.#household(bot)
    let release = () => {}
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    for (const name of names) {
      held.set(name, released)
      this.#look(bot, name)
    }
    return () => {
      for (const name of names) {
        if (held.get(name) === released) held.delete(name)
        this.#look(bot, name)
      }
      release()
    }
  }

  /** Undoes what a plugin set up. It is to be loaded anew, or unloaded. */
  async rest(bot: string, name: string): Promise<void> {
    await this.instance(bot, name)?.dispose()
  }

  /**
   * Sets a plugin up for a bot. In place of one that is there already, which comes back if the new one fails. What
   * happens meanwhile waits.
   *
   * @param signal  gives the new one up, if it is not set up by then
   */
  async load(
    definition: PluginDefinition,
    config: unknown,
    deps: HostedDeps,
    signal?: AbortSignal,
  ): Promise<void> {
    const { bot, name } = deps
    const { loading: all } = this.#household(bot.id)
    const before = all.get(name) ?? Promise.resolve()
    const loaded = before.then(() => this.#replace(definition, config, deps, signal))
    const loading = loaded.catch(() => {})
    all.set(name, loading)
    this.#look(bot.id, name)
    try {
      await loaded
    } finally {
      if (all.get(name) === loading) all.delete(name)
      this.#look(bot.id, name)
    }
  }

  /** What a plugin hears may have changed. */
  #look(bot: string, name: string): void {
    const household = this.#households.get(bot)
    household?.audience.look(household, name)
  }

  async #replace(
    definition: PluginDefinition,
    config: unknown,
    deps: HostedDeps,
    signal?: AbortSignal,
  ): Promise<void> {
    const { hosted } = this.#household(deps.bot.id)
    const former = hosted.get(deps.name)
    await former?.instance.dispose()
    try {
      const instance = await this.#setUp(definition, config, deps, signal)
      // The last that was loaded comes last.
      hosted.delete(deps.name)
      hosted.set(deps.name, { instance, deps })
    } catch (error) {
      if (former) await this.#restore(hosted, former, error)
      throw error
    }
  }

  #setUp(
    definition: PluginDefinition,
    config: unknown,
    deps: HostedDeps,
    signal?: AbortSignal,
  ): Promise<Instance> {
    const { bot, name, thread } = deps
    const told = { ...deps, onChange: () => this.#look(bot.id, name) }
    return thread
      ? RemoteInstance.load(definition, config, told, thread, signal)
      : PluginInstance.load(definition, config, told, signal)
  }

  /** Until it is known what comes of it, the former stands in its place, so that what is for it waits. */
  async #restore(hosted: Map<string, Hosted>, { instance, deps }: Hosted, err: unknown): Promise<void> {
    const about = { bot: deps.bot.id, plugin: deps.name }
    try {
      const again = await this.#setUp(instance.definition, instance.config, deps)
      hosted.delete(deps.name)
      hosted.set(deps.name, { instance: again, deps })
      this.#log.error({ err, ...about }, 'reload failed; the former version goes on')
    } catch (again) {
      hosted.delete(deps.name)
      this.#log.error({ err: again, ...about }, 'reload failed, and the former version does not come back')
    }
  }

  async unload(bot: string, name: string): Promise<void> {
    const { hosted } = this.#household(bot)
    const instance = hosted.get(name)?.instance
    hosted.delete(name)
    this.#look(bot, name)
    await instance?.dispose()
  }

  /** Unloads everything, the last that was loaded first. */
  async unloadAll(): Promise<void> {
    for (const { bot, hosted } of [...this.#households.values()].reverse()) {
      for (const name of [...hosted.keys()].reverse()) await this.unload(bot.id, name)
    }
  }

  /** Finds who hears what is told of an app. */
  routesOf(appKey: string): Routes {
    const audience = this.#audience(appKey)
    return {
      route: message => audience.ofMessage(message),
      routeEvent: event => audience.ofEvent(event),
      isOwn: ({ from_id }) => audience.has(from_id),
    }
  }

  /** Has a delivery handled by the plugin it is for. */
  readonly handle = (attempt: Attempt): unknown => {
    const { bot, plugin } = attempt.delivery
    const loading = this.loading(bot, plugin)
    if (loading) {
      // What is left of its time may be too little for the handler.
      attempt.hindrance = () => new PluginInterrupted('its plugin was being loaded for much of its time')
      return loading.then(() => {
        attempt.throwIfAborted()
        return this.handle(attempt)
      })
    }
    const instance = this.instance(bot, plugin)
    if (!instance) {
      // Another process may have been told of it first.
      throw new AppError(`bot ${bot} has no plugin '${plugin}' now`, { code: 'plugin.gone', retry: 'later' })
    }
    return instance.handle(attempt)
  }

  #audience(appKey: string): Audience {
    let audience = this.#audiences.get(appKey)
    if (!audience) {
      audience = new Audience()
      this.#audiences.set(appKey, audience)
    }
    return audience
  }

  #household(bot: string): Household {
    const household = this.#households.get(bot)
    if (!household) throw new AppError(`there is no bot ${bot}`, { code: 'bot.unknown' })
    return household
  }
}
