import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Recipient } from '../events/event.ts'
import { Attempts } from './attempts.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import type { BusyMark } from './busy.ts'
import { Crew, type Load, type Tenant } from './crew.ts'
import { healthOf, type PluginHealth, wellSoFar } from './health.ts'
import { type DispatchLimits, defaultLimits, type PluginLimits } from './limits.ts'
import type { Amount } from './room.ts'

export interface CrewsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly limits: Partial<DispatchLimits> | undefined
  readonly busy: BusyMark
  /** The appKey of a bot's app. */
  readonly appOf: (bot: string) => string
  /** Told when more of a plugin's handlers may run than before. */
  readonly onRoom: (crew: Crew) => void
}

/** One conversation may hold a part of what its plugin may, so that others find room. */
const LANE_PART = 4
/** One of them is handled at a time: to hold more would only take room from other conversations. */
const MOST_IN_LANE: Amount = { held: 64, chars: 1024 * 1024 }

/** What one plugin may have in memory, and one conversation of it. */
export interface Share {
  readonly crew: Amount
  readonly lane: Amount
}

/** The crews of all plugins, made when they are first asked for. */
export class Crews implements Iterable<Crew> {
  readonly #options: CrewsOptions
  readonly limits: DispatchLimits
  readonly #crews = new Map<string, Crew>()
  /** Limits that plugins have of their own. */
  readonly #own = new Map<string, Partial<PluginLimits>>()
  /** By how long an attempt may take. */
  readonly #attempts = new Map<number, Attempts>()
  /** By appKey. */
  readonly #tenants = new Map<string, Tenant>()
  readonly #load: Load = { held: 0, chars: 0 }
  readonly #share = { crew: { held: 0, chars: 0 }, lane: { held: 0, chars: 0 } }
  /** All deliveries that are not handled, about. */
  waiting = 0

  constructor(options: CrewsOptions) {
    this.#options = options
    this.limits = { ...defaultLimits, ...options.limits }
  }

  [Symbol.iterator](): IterableIterator<Crew> {
    return this.#crews.values()
  }

  find({ bot, plugin }: Recipient): Crew | undefined {
    return this.#crews.get(`${bot}/${plugin}`)
  }

  get(recipient: Recipient): Crew {
    const key = `${recipient.bot}/${recipient.plugin}`
    return this.#crews.get(key) ?? this.#make(key, recipient)
  }

  /** Has limits hold for a plugin, over those for all; in place of those it had. */
  limit({ bot, plugin }: Recipient, own: Partial<PluginLimits>): void {
    this.#own.set(`${bot}/${plugin}`, own)
    const crew = this.find({ bot, plugin })
    if (!crew) return
    this.#settle(crew)
    crew.limits = this.#limitsOf(own)
    crew.attempts = this.#attemptsOf(crew.limits)
    crew.allow()
    this.#options.onRoom(crew)
  }

  /**
   * Whether so much waits for a plugin that nothing more should be taken for it which can come again later.
   *
   * @param room  for what waits for all plugins of its app: where it is used up, those are full that use more than their
   * part of it
   */
  isFull(recipient: Recipient, room = Number.POSITIVE_INFINITY): boolean {
    const crew = this.find(recipient)
    if (!crew) return false
    if (crew.waiting >= crew.limits.queue) return true
    const { waiting, crews } = crew.tenant
    return waiting >= room && crew.waiting >= room / crews
  }

  /** Deliveries to the bots of an app that are not handled, about. */
  waitingOf(appKey: string): number {
    return this.#tenants.get(appKey)?.waiting ?? 0
  }

  /** So many more wait for a plugin, or fewer. */
  count(crew: Crew, more: number): void {
    crew.waiting += more
    crew.tenant.waiting += more
    this.waiting += more
  }

  health(recipient: Recipient): PluginHealth {
    const crew = this.find(recipient)
    return crew ? healthOf(crew) : wellSoFar
  }

  /** The events that a plugin is handling. */
  running(recipient: Recipient): readonly string[] {
    const attempts = this.find(recipient)?.attempts.list.map(({ delivery }) => delivery) ?? []
    const own = attempts.filter(({ bot, plugin }) => bot === recipient.bot && plugin === recipient.plugin)
    return own.map(({ event }) => event.id)
  }

  /** Aborts what is under way, and lets no plugin change its state any more. */
  stop(reason: Error): void {
    for (const attempts of this.#attempts.values()) attempts.abort(reason)
    for (const crew of this) crew.breaker.stop()
  }

  #make(key: string, recipient: Recipient): Crew {
    const limits = this.#limitsOf(this.#own.get(key))
    const crew = new Crew(recipient, {
      number: this.#options.busy.numberOf(recipient),
      limits,
      attempts: this.#attemptsOf(limits),
      tenant: this.#tenantOf(recipient.bot),
      load: this.#load,
      breaker: crew =>
        new Breaker({
          clock: this.#options.clock,
          limits: () => crew.limits,
          onChange: (state, before) => this.#changed(crew, state, before),
        }),
    })
    this.#crews.set(key, crew)
    crew.tenant.crews++
    return crew
  }

  #changed(crew: Crew, state: BreakerState, before: BreakerState): void {
    const { log, onRoom } = this.#options
    const { bot, plugin, breaker, limits } = crew
    crew.allow()
    if (state === 'working') log.info({ bot, plugin }, 'the plugin works again')
    if (state === 'resting' && before === 'working') {
      const about = { bot, plugin, failures: breaker.inARow, restMs: limits.pauseMs }
      log.error(about, 'the plugin failed so often in a row that it rests; what is for it waits')
    }
    if (state !== 'resting') onRoom(crew)
  }

  #limitsOf(own: Partial<PluginLimits> | undefined): PluginLimits {
    const { handlerMs, attempts, concurrency, queue, failures, pauseMs } = this.limits
    const given = Object.entries(own ?? {}).filter(([, value]) => value !== undefined)
    return { handlerMs, attempts, concurrency, queue, failures, pauseMs, ...Object.fromEntries(given) }
  }

  #attemptsOf({ handlerMs }: PluginLimits): Attempts {
    const known = this.#attempts.get(handlerMs)
    if (known) return known
    const attempts = new Attempts(this.#options.clock, handlerMs)
    this.#attempts.set(handlerMs, attempts)
    return attempts
  }

  #tenantOf(bot: string): Tenant {
    const appKey = this.#options.appOf(bot)
    let tenant = this.#tenants.get(appKey)
    if (!tenant) {
      tenant = { waiting: 0, crews: 0 }
      this.#tenants.set(appKey, tenant)
    }
    return tenant
  }

  /** Its bot may belong to another app by now. */
  #settle(crew: Crew): void {
    const tenant = this.#tenantOf(crew.bot)
    if (tenant === crew.tenant) return
    crew.tenant.waiting -= crew.waiting
    crew.tenant.crews--
    tenant.waiting += crew.waiting
    tenant.crews++
    crew.tenant = tenant
  }

  /**
   * What one plugin may have in memory now, and one conversation of it: its part, whatever waits for others; and, where
   * there are many plugins, as much as is free of the half of it, so that the few that are busy are not held up.
   */
  get share(): Share {
    const { inMemory, charsInMemory } = this.limits
    const crews = Math.max(1, this.#crews.size)
    const { crew, lane } = this.#share
    crew.held = shareOf(inMemory, crews, this.#load.held)
    crew.chars = shareOf(charsInMemory, crews, this.#load.chars)
    lane.held = Math.min(Math.ceil(crew.held / LANE_PART), MOST_IN_LANE.held)
    lane.chars = Math.min(Math.ceil(crew.chars / LANE_PART), MOST_IN_LANE.chars)
    return this.#share
  }
}

const shareOf = (most: number, crews: number, used: number): number =>
  Math.max(1, Math.floor(most / crews), Math.floor(most / 2) - used)
