import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { MessageRecord } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { ImEventData, Recipient } from '../events/event.ts'
import type { PluginDefinition } from './define.ts'
import type { Instance, InstanceDeps } from './deps.ts'
import { PluginInstance } from './instance.ts'
import { PluginInterrupted } from './worker/interrupted.ts'
import type { RemoteDeps } from './worker/remote-deps.ts'
import { RemoteInstance } from './worker/remote-instance.ts'

/** Which conversations a bot hears. */
export interface Hearing {
  readonly groups: 'all' | 'none' | readonly number[]
  readonly rooms: 'all' | 'none' | readonly number[]
  /** Messages sent to the bot itself. */
  readonly direct: boolean
}

/** What instances are set up with; with `thread`, in a thread of their own. */
export type HostedDeps = InstanceDeps & { readonly thread?: RemoteDeps | undefined }

const setUp = (
  definition: PluginDefinition,
  config: unknown,
  deps: HostedDeps,
  signal?: AbortSignal,
): Promise<Instance> =>
  deps.thread
    ? RemoteInstance.load(definition, config, deps, deps.thread, signal)
    : PluginInstance.load(definition, config, deps, signal)

/** A plugin at work, and what it can be set up with again. */
interface Hosted {
  readonly instance: Instance
  readonly deps: HostedDeps
}

/** A bot and the plugins at work for it, by the names of their instances. */
interface Household {
  bot: Bot
  hearing: Hearing
  /** Usernames under which it spoke since the start: what it said before it was renamed is its own still. */
  readonly usernames: Set<string>
  readonly hosted: Map<string, Hosted>
}

/** The bots and their plugins: loads and unloads them, and finds who handles an event. */
export class PluginHost {
  readonly #log: Log
  readonly #households = new Map<string, Household>()
  /** Plugins that are being set up, by bot and name: what is for them waits. */
  readonly #loading = new Map<string, Promise<void>>()

  constructor(log: Log) {
    this.#log = log
  }

  /** A bot, in place of the one with its id, whose plugins stay until they are loaded anew. */
  addBot(bot: Bot, hearing: Hearing): void {
    const former = this.#households.get(bot.id)
    if (former) {
      former.usernames.add(bot.username)
      Object.assign(former, { bot, hearing })
    } else {
      const usernames = new Set([bot.username])
      this.#households.set(bot.id, { bot, hearing, usernames, hosted: new Map() })
    }
  }

  /** Has a bot hear other conversations from now on. */
  setHearing(bot: string, hearing: Hearing): void {
    this.#household(bot).hearing = hearing
  }

  /** A bot hears nothing any more; then its plugins are unloaded, the last that was loaded first. */
  async removeBot(bot: string): Promise<void> {
    const household = this.#households.get(bot)
    this.#households.delete(bot)
    for (const { instance } of [...(household?.hosted.values() ?? [])].reverse()) await instance.dispose()
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
    return this.#loading.get(`${bot}/${name}`)
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
    const key = `${deps.bot.id}/${deps.name}`
    const before = this.#loading.get(key) ?? Promise.resolve()
    const loaded = before.then(() => this.#replace(definition, config, deps, signal))
    const loading = loaded.catch(() => {})
    this.#loading.set(key, loading)
    try {
      await loaded
    } finally {
      if (this.#loading.get(key) === loading) this.#loading.delete(key)
    }
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
      hosted.set(deps.name, { instance: await setUp(definition, config, deps, signal), deps })
    } catch (error) {
      if (former) await this.#restore(hosted, former, error)
      throw error
    }
  }

  /** Until it is known what comes of it, the former stands in its place, so that what is for it waits. */
  async #restore(hosted: Map<string, Hosted>, { instance, deps }: Hosted, err: unknown): Promise<void> {
    const about = { bot: deps.bot.id, plugin: deps.name }
    try {
      hosted.set(deps.name, { instance: await setUp(instance.definition, instance.config, deps), deps })
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
    await instance?.dispose()
  }

  /** Unloads everything, the last that was loaded first. */
  async unloadAll(): Promise<void> {
    for (const { bot, hosted } of [...this.#households.values()].reverse()) {
      for (const name of [...hosted.keys()].reverse()) await this.unload(bot.id, name)
    }
  }

  /** Who has to handle a message. */
  readonly route = (message: MessageRecord): Recipient[] => {
    const recipients: Recipient[] = []
    for (const { bot, hearing, hosted } of this.#households.values()) {
      if (!hears(hearing, bot, message)) continue
      for (const [plugin, { instance }] of hosted) {
        // What a plugin wants that is being reloaded is not known yet.
        if (instance.wants(message) || this.#loading.has(`${bot.id}/${plugin}`))
          recipients.push({ bot: bot.id, plugin })
      }
    }
    return recipients
  }

  /** Who has to handle an event of a group or user. */
  readonly routeEvent = (event: ImEventData): Recipient[] => {
    const recipients: Recipient[] = []
    for (const { bot, hearing, hosted } of this.#households.values()) {
      if (event.gid !== undefined && !includes(hearing.groups, event.gid)) continue
      for (const [plugin, { instance }] of hosted) {
        if (instance.wantsEvent(event.name) || this.#loading.has(`${bot.id}/${plugin}`))
          recipients.push({ bot: bot.id, plugin })
      }
    }
    return recipients
  }

  /** Whether one of these bots sent a message. */
  readonly isOwn = (message: MessageRecord): boolean =>
    [...this.#households.values()].some(({ usernames }) => usernames.has(message.from_id))

  /** Has a delivery handled by the plugin it is for. */
  readonly handle = (attempt: Attempt): unknown => {
    const { bot, plugin } = attempt.delivery
    const loading = this.#loading.size > 0 ? this.#loading.get(`${bot}/${plugin}`) : undefined
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

  #household(bot: string): Household {
    const household = this.#households.get(bot)
    if (!household) throw new AppError(`there is no bot ${bot}`, { code: 'bot.unknown' })
    return household
  }
}

function hears({ groups, rooms, direct }: Hearing, bot: Bot, message: MessageRecord): boolean {
  if (message.target_type === 'single') return direct && message.target_id === bot.username
  const wanted = message.target_type === 'group' ? groups : rooms
  return includes(wanted, Number(message.target_id))
}

const includes = (wanted: Hearing['groups'], id: number): boolean =>
  wanted === 'all' || (wanted !== 'none' && wanted.includes(id))
