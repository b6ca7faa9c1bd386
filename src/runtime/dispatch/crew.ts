import { Queue } from '../../base/queue.ts'
import type { HeldDelivery, Recipient } from '../events/event.ts'
import type { Attempts } from './attempts.ts'
import type { Breaker } from './breaker.ts'
import { LastErrors } from './last-errors.ts'
import type { PluginLimits } from './limits.ts'
import type { Amount } from './room.ts'
import type { Suspects } from './suspects.ts'

/** The deliveries of one conversation to one plugin: handled one after the other. */
export class Lane implements Amount {
  /** None for an event that is a conversation by itself. */
  readonly conversation: string | undefined
  readonly crew: Crew
  readonly waiting = new Queue<HeldDelivery>()
  /** Of the data of those. */
  chars = 0
  /** How often the first of them failed, outages counted. */
  failures = 0
  /** When its first delivery first failed, if it did: epoch ms. */
  failingSince = 0
  /** The last event that was held. */
  last: string
  /** Those after this event are in the journal only. */
  cursor: string | undefined = undefined
  refilling = false
  /** Which part of all conversations it is in. */
  readonly partition: number
  /** Its first delivery is being handled. */
  isRunning = false
  /** Another process sees to it now, or is about to: nothing of it is begun any more. */
  isClosed = false

  /** @param last  the event that comes first */
  constructor(crew: Crew, conversation: string | undefined, last: string, partition: number) {
    this.partition = partition
    this.crew = crew
    this.conversation = conversation
    this.last = last
  }

  get held(): number {
    return this.waiting.length
  }

  /** A delivery comes at the end. */
  push(delivery: HeldDelivery): void {
    this.crew.hold(delivery.size)
    this.waiting.push(delivery)
    this.chars += delivery.size
    if (delivery.event.id > this.last) this.last = delivery.event.id
  }

  /** The first delivery ended: it leaves, though its plugin holds it until that is noted. */
  shift(): void {
    this.chars -= this.waiting.shift()!.size
    this.failures = 0
  }
}

/** The plugins of the bots of one app. */
export interface Tenant {
  /** Deliveries that are not handled, about. */
  waiting: number
  crews: number
}

/** What all that is in memory comes to. */
export interface Load {
  held: number
  chars: number
}

/** A plugin of a bot: its lanes, how many of its handlers run, which lanes wait for one to end, and how it fares. */
export class Crew implements Recipient, Amount {
  readonly bot: string
  readonly plugin: string
  /** By which the watchdog knows it. */
  readonly number: number
  readonly breaker: Breaker
  readonly errors = new LastErrors()
  limits: PluginLimits
  /** Those of all plugins that may take as long. */
  attempts: Attempts
  running = 0
  /** So many may run now. */
  allowed = 0
  readonly ready = new Queue<Lane>()
  /** By conversation. */
  readonly lanes = new Map<string, Lane>()
  /** All lanes, where some may have to be given up to other processes. */
  readonly allLanes = new Set<Lane>()
  /** How often it was to be read from the beginning. */
  rewinds = 0
  /** Of the bots of its app. */
  tenant: Tenant
  /** Of all plugins. */
  readonly #load: Load
  /** Deliveries in memory: those that wait or are handled, and those whose outcome is not noted yet. */
  held = 0
  /** Of the data of those. */
  chars = 0
  /** Those that are held, and those that are in the journal only, about. */
  waiting = 0
  /** The last event that is known to be for it. */
  last = ''
  /** Deliveries after this event are in the journal only: there were too many to hold. */
  cursor: string | undefined
  /** Lanes with a cursor of their own. */
  deepLanes = 0
  /** Held deliveries that were read from the journal, or came back: a look into it may come upon them once more. */
  readonly known = new Set<string>()
  /** Deliveries that were made to wait again, and that there was no room for. */
  readonly returned = new Queue<string>()
  refilling = false
  /** Until these are through, one delivery is handled at a time, or, out of turn, none. */
  suspects: Suspects | undefined = undefined

  constructor(
    { bot, plugin }: Recipient,
    parts: {
      number: number
      limits: PluginLimits
      attempts: Attempts
      breaker: (crew: Crew) => Breaker
      tenant: Tenant
      load: Load
    },
  ) {
    this.bot = bot
    this.plugin = plugin
    this.number = parts.number
    this.limits = parts.limits
    this.attempts = parts.attempts
    this.tenant = parts.tenant
    this.#load = parts.load
    this.breaker = parts.breaker(this)
    this.allow()
  }

  /** Whether it has deliveries that only the journal holds, and that are read by {@link cursor} or by their ids. */
  get hasMore(): boolean {
    return this.cursor !== undefined || this.returned.length > 0
  }

  /** Finds out how many may run now. */
  allow(): void {
    const { state } = this.breaker
    const most = state === 'probing' || this.suspects ? 1 : this.limits.concurrency
    const mayRun = state !== 'resting' && (this.suspects?.isTurnOf(this) ?? true)
    this.allowed = mayRun ? most : 0
  }

  /** The next lane that waits for a handler. */
  nextReady(): Lane | undefined {
    let lane = this.ready.shift()
    while (lane?.isClosed) lane = this.ready.shift()
    return lane
  }

  /** A delivery is in memory from now on. */
  hold(chars: number): void {
    this.held++
    this.chars += chars
    this.#load.held++
    this.#load.chars += chars
  }

  /** What became of a delivery is noted: it is held no longer. */
  release(delivery: HeldDelivery): void {
    this.held--
    this.chars -= delivery.size
    this.#load.held--
    this.#load.chars -= delivery.size
    if (this.known.size > 0) this.known.delete(delivery.event.id)
  }
}

/** Opens a lane in which nothing waits yet; `last` is the event that comes first. */
export function openLane(
  crew: Crew,
  conversation: string | undefined,
  last: string,
  partition: number,
): Lane {
  const lane = new Lane(crew, conversation, last, partition)
  if (conversation !== undefined) crew.lanes.set(conversation, lane)
  return lane
}
