import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { HeldDelivery } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import { alone, type Place } from '../fleet/place.ts'
import { noObserver, type Observer } from '../observer.ts'
import { type AtWork, type BlameOptions, blame, blameForNodes, type Stuck } from './blame.ts'
import { type BusyMark, noMark } from './busy.ts'
import { type Crew, type Lane, openLane } from './crew.ts'
import { Crews } from './crews.ts'
import { Floor, type FloorOptions } from './floor.ts'
import { Handover } from './handover.ts'
import type { PluginHealth } from './health.ts'
import type { DispatchLimits, PluginLimits } from './limits.ts'
import { Refill } from './refill.ts'
import { hasRoom } from './room.ts'
import { Suspects } from './suspects.ts'

export interface DispatcherOptions extends Pick<FloorOptions, 'handle' | 'isOutage' | 'onEnd'> {
  readonly clock: Clock
  readonly journal: Pick<
    Journal,
    'keep' | 'finish' | 'fail' | 'pendingOf' | 'pendingAt' | 'reopened' | 'counts' | 'taken'
  >
  readonly log: Log
  readonly limits?: Partial<DispatchLimits>
  readonly observer?: Observer
  readonly busy?: BusyMark | undefined
  /** The appKey of a bot's app. Default: there is one only. */
  readonly appOf?: (bot: string) => string
  /** Of this process among those that share the work. Default: it does all by itself. */
  readonly place?: Place
}

/**
 * Hands deliveries to plugins: in order within a conversation, concurrently across conversations. One that fails is
 * tried again with growing pauses while its conversation waits, and set aside after its last attempt.
 *
 * Plugins share nothing here but the process: each has its own bounds, its part of the memory, and its place in the
 * journal from which it is read on.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #crews: Crews
  readonly #suspects = new Suspects(crew => this.#floor.pump(crew))
  readonly #refill: Refill
  readonly #floor: Floor
  readonly #place: Place
  readonly #handover: Handover
  #resumed = false
  /** What earlier processes left is counted up to this event. */
  #countedTo = ''
  /** What was accepted while that was counted: it comes after. */
  #uncounted: HeldDelivery[] | undefined
  #stopping = false

  constructor(options: DispatcherOptions) {
    const { clock, log, journal, limits, handle, isOutage, busy = noMark, observer = noObserver } = options
    const { place = alone, appOf = () => '', onEnd } = options
    this.#options = options
    this.#place = place
    this.#crews = new Crews({ clock, log, limits, busy, appOf, onRoom: crew => this.#floor.pump(crew) })
    this.#handover = new Handover(this.#crews, place, this.#suspects)
    this.#floor = new Floor({
      ...{ clock, log, journal, handle, isOutage, busy, observer, place, onEnd },
      ...{ crews: this.#crews, handover: this.#handover },
      hasRoom: {
        lane: lane => void this.#refill.lane(lane),
        crew: crew => void this.#refill.crew(crew),
      },
    })
    this.#refill = new Refill({
      ...{ clock, log, journal },
      share: () => this.#crews.share,
      handover: this.#handover,
      hold: (crew, delivery) => void (this.#hold(crew, delivery) && crew.known.add(delivery.event.id)),
      push: (lane, delivery) => this.#floor.push(lane, delivery),
      emptied: lane => this.#emptied(lane),
      complete: crew => this.#complete(crew),
    })
  }

  /** All deliveries that are not handled, about. */
  get waiting(): number {
    return this.#crews.waiting
  }

  /** Deliveries to the bots of an app that are not handled, about. */
  waitingOf(appKey: string): number {
    return this.#crews.waitingOf(appKey)
  }

  /** See {@link Crews.isFull}. */
  isFull(bot: string, plugin: string, room?: number): boolean {
    return this.#crews.isFull({ bot, plugin }, room)
  }

  health(bot: string, plugin: string): PluginHealth {
    return this.#crews.health({ bot, plugin })
  }

  /** The events that a plugin is handling. */
  running(bot: string, plugin: string): readonly string[] {
    return this.#crews.running({ bot, plugin })
  }

  /** Notes an error of a plugin that happened beside its handlers. */
  noteError(bot: string, plugin: string, error: Error): void {
    this.#crews.get({ bot, plugin }).errors.note(error, this.#options.clock.now())
  }

  /** Has limits hold for a plugin, over those for all; in place of those it had. */
  limit(bot: string, plugin: string, limits: Partial<PluginLimits>): void {
    this.#crews.limit({ bot, plugin }, limits)
  }

  /**
   * Takes up what an earlier process left unhandled, and begins to hand out what is accepted.
   *
   * @param stuck  deliveries at which that process was ended
   */
  async resume(stuck: readonly Stuck[] = []): Promise<number> {
    const { journal } = this.#options
    await blame(stuck, this.#court)
    this.#resumed = true
    // What is shared is taken part by part.
    if (this.#place.isShared) return 0
    this.#uncounted = []
    const backlogs = await journal.counts()
    for (const { last } of backlogs) if (last > this.#countedTo) this.#countedTo = last
    for (const crew of this.#handover.rewind(backlogs)) void this.#refill.crew(crew)
    const later = this.#uncounted
    this.#uncounted = undefined
    this.add(later)
    return this.#crews.waiting
  }

  /**
   * Takes up what waits of further parts, which this process sees to once they are admitted.
   *
   * @param stuck  deliveries of these parts at which other nodes were lost
   */
  async take(parts: readonly number[], admit: () => void, stuck: readonly AtWork[] = []): Promise<number> {
    const backlogs = await this.#options.journal.taken(parts)
    await blameForNodes(stuck, this.#court)
    admit()
    for (const crew of this.#handover.rewind(backlogs)) void this.#refill.crew(crew)
    return backlogs.reduce((sum, { count }) => sum + count, 0)
  }

  /** Looks through all that waits of its parts for what it was not told of. */
  async look(): Promise<void> {
    const backlogs = await this.#options.journal.counts()
    for (const crew of this.#handover.rewind(backlogs, 'all')) void this.#refill.crew(crew)
  }

  /** Takes up what waits of some events that were accepted, here or elsewhere, in their order. */
  async hear(events: readonly string[]): Promise<void> {
    const watch = this.#handover.watch()
    try {
      const heard = await this.#options.journal.pendingAt(events)
      this.add(heard.filter(one => this.#handover.isNew(this.#crews.get(one), one, watch)))
    } finally {
      this.#handover.unwatch(watch)
    }
  }

  /** Forgets what waits of some parts. Resolves when nothing of them is under way. */
  leave(parts: ReadonlySet<number>): Promise<void> {
    return this.#handover.leave(parts)
  }

  /** As {@link leave}, at once: another process sees to them already. */
  lose(parts: ReadonlySet<number>): void {
    this.#handover.lose(parts)
  }

  /** It is sure again that what it has is its own. */
  goOn(): void {
    for (const crew of this.#crews) this.#floor.pump(crew)
  }

  /** Takes deliveries that are on disk, in the order of their events. */
  add(deliveries: readonly HeldDelivery[]): void {
    if (this.#stopping || !this.#resumed) return
    if (this.#uncounted) return void this.#uncounted.push(...deliveries)
    for (const delivery of deliveries) {
      const { id } = delivery.event
      if (id <= this.#countedTo) continue
      const crew = this.#crews.get(delivery)
      if (this.#place.isShared && crew.known.has(id)) continue
      this.#crews.count(crew, 1)
      const fits =
        crew.cursor === undefined
          ? hasRoom(crew, this.#crews.share.crew) || id < crew.last
          : id <= crew.cursor
      if (fits) this.#hold(crew, delivery)
      else crew.cursor ??= crew.last
      if (id > crew.last) crew.last = id
    }
  }

  /** Takes a delivery that ended, and was made to wait again. */
  retry(delivery: HeldDelivery): void {
    if (this.#stopping || !this.#resumed) return
    const { id } = delivery.event
    const crew = this.#crews.get(delivery)
    if (crew.known.has(id)) return
    this.#crews.count(crew, 1)
    if (!hasRoom(crew, this.#crews.share.crew)) return void crew.returned.push(id)
    crew.known.add(id)
    const lane = crew.lanes.get(delivery.event.conversation)
    if (lane) this.#floor.push(lane, delivery)
    else this.#hold(crew, delivery)
  }

  /**
   * Lets the handlers that run come to their end, for at most `graceMs`; then they are aborted. What is left is resumed
   * by the next start.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    this.#refill.stop()
    await this.#floor.stop(graceMs)
    this.#crews.stop(new AppError('shutting down', { code: 'plugin.stopped', retry: 'later' }))
  }

  get #court(): BlameOptions {
    const { journal, clock, log } = this.#options
    return { journal, crews: this.#crews, suspects: this.#suspects, clock, log }
  }

  /** Whether a delivery is in memory now: not if its conversation has more in the journal before it. */
  #hold(crew: Crew, delivery: HeldDelivery): boolean {
    const { id, conversation } = delivery.event
    if (conversation === id) {
      this.#floor.push(this.#open(crew, undefined, delivery), delivery)
      return true
    }
    const lane = crew.lanes.get(conversation) ?? this.#open(crew, conversation, delivery)
    if (lane.cursor !== undefined) return false
    if (!hasRoom(lane, this.#crews.share.lane)) {
      lane.cursor = lane.last
      crew.deepLanes++
      return false
    }
    this.#floor.push(lane, delivery)
    return true
  }

  #open(crew: Crew, conversation: string | undefined, { event, partition }: HeldDelivery): Lane {
    const lane = openLane(crew, conversation, event.id, partition)
    this.#handover.opened(lane)
    return lane
  }

  /** Nothing of a lane is in the journal only any more. */
  #emptied(lane: Lane): void {
    const { crew, conversation } = lane
    crew.deepLanes--
    if (lane.waiting.length === 0 && conversation !== undefined) {
      crew.lanes.delete(conversation)
      this.#handover.closed(lane)
    }
    this.#complete(crew)
  }

  /** Counts anew what waits for a plugin, once all of it is in memory: rows of the journal may have gone otherwise. */
  #complete(crew: Crew): void {
    if (crew.hasMore || crew.deepLanes > 0) return
    this.#crews.count(crew, crew.held - crew.waiting)
  }
}
