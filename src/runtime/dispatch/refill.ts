import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { HeldDelivery } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import type { Crew, Lane } from './crew.ts'
import type { Share } from './crews.ts'
import type { Handover, Watch } from './handover.ts'
import { type Amount, hasRoom, roomOf } from './room.ts'

export interface RefillOptions {
  readonly clock: Clock
  readonly log: Log
  readonly journal: Pick<Journal, 'pendingOf' | 'reopened'>
  readonly share: () => Share
  readonly handover: Handover
  /** Takes a delivery into memory, unless its lane has more in the journal before it. */
  readonly hold: (crew: Crew, delivery: HeldDelivery) => void
  /** Takes a delivery into its lane. */
  readonly push: (lane: Lane, delivery: HeldDelivery) => void
  /** Told when a lane has nothing left in the journal. */
  readonly emptied: (lane: Lane) => void
  /** Told when a plugin has nothing left in the journal. */
  readonly complete: (crew: Crew) => void
}

/** Read at a time: others have their turn in between. */
const PAGE = 128
/** Wait after the journal could not be read. */
const RETRY_MS = 1000

/** Others who wait for the machine go first. Real: it is about this machine, not about what time it is. */
const turnOfTheLoop = () => new Promise<void>(resolve => setImmediate(resolve))

/**
 * Takes up deliveries that wait in the journal, as many as there is room for: for each plugin by itself, and for each
 * conversation that has more of them than its plugin should hold for one.
 *
 * No look goes beyond the last event that is known: of what is accepted later, the dispatcher is told.
 */
export class Refill {
  readonly #options: RefillOptions
  #unreadable = false
  #stopped = false

  constructor(options: RefillOptions) {
    this.#options = options
  }

  stop(): void {
    this.#stopped = true
  }

  async crew(crew: Crew): Promise<void> {
    if (crew.refilling || this.#stopped) return
    crew.refilling = true
    const well = await this.#guarded(() => this.#fillCrew(crew))
    crew.refilling = false
    if (!well) this.#options.clock.after(RETRY_MS, () => void this.crew(crew))
    else if (crew.hasMore && hasRoom(crew, this.#options.share().crew)) void this.crew(crew)
  }

  async lane(lane: Lane): Promise<void> {
    if (lane.refilling || this.#stopped) return
    lane.refilling = true
    const well = await this.#guarded(() => this.#fillLane(lane))
    lane.refilling = false
    if (!well) this.#options.clock.after(RETRY_MS, () => void this.lane(lane))
    else if (this.#wants(lane)) void this.lane(lane)
  }

  async #fillCrew(crew: Crew): Promise<void> {
    const { share, hold, complete } = this.#options
    while (crew.hasMore && hasRoom(crew, share().crew)) {
      const room = roomOf(crew, share().crew)
      if (crew.cursor === undefined) await this.#takeBack(crew)
      else {
        const { last: upTo, rewinds } = crew
        const range = { after: crew.cursor, upTo, room }
        const seenTo = await this.#each(crew, range, undefined, delivery => hold(crew, delivery))
        if (this.#stopped) return
        if (crew.rewinds === rewinds) crew.cursor = seenTo === crew.last ? undefined : seenTo
      }
      if (!crew.hasMore) complete(crew)
      await turnOfTheLoop()
      if (this.#stopped) return
    }
  }

  /** Takes up a delivery that was made to wait again. */
  async #takeBack(crew: Crew): Promise<void> {
    const { journal, push, hold, handover } = this.#options
    const id = crew.returned.first!
    const watch = handover.watch()
    const delivery = await journal.reopened(id, crew).finally(() => handover.unwatch(watch))
    crew.returned.shift()
    if (this.#stopped || !delivery || !handover.isNew(crew, delivery, watch)) return
    const lane = crew.lanes.get(delivery.event.conversation)
    if (!lane) return hold(crew, delivery)
    crew.known.add(id)
    push(lane, delivery)
  }

  async #fillLane(lane: Lane): Promise<void> {
    const { share, push, emptied } = this.#options
    const { crew, conversation } = lane
    while (this.#wants(lane)) {
      const room = roomOf(lane, share().lane)
      const ofAll = roomOf(crew, share().crew)
      const most = { held: Math.min(room.held, ofAll.held), chars: Math.min(room.chars, ofAll.chars) }
      // What is beyond, the plugin's own look will come to.
      const upTo = crew.cursor ?? crew.last
      let last = lane.cursor!
      const read: HeldDelivery[] = []
      const range = { after: last, upTo, room: most }
      const seenTo = await this.#each(
        crew,
        range,
        conversation,
        delivery => read.push(delivery),
        id => {
          last = id
        },
      )
      if (this.#stopped || lane.isClosed) return
      const isAll = seenTo === (crew.cursor ?? crew.last)
      lane.cursor = isAll ? undefined : last
      for (const delivery of read) {
        crew.known.add(delivery.event.id)
        push(lane, delivery)
      }
      if (isAll) emptied(lane)
      await turnOfTheLoop()
      if (this.#stopped) return
    }
  }

  /** Whether a lane is to be read on now: one in which nothing waits goes on, whatever else its plugin holds. */
  #wants(lane: Lane): boolean {
    const { crew, lane: most } = this.#options.share()
    if (lane.cursor === undefined || !hasRoom(lane, most)) return false
    return lane.held === 0 || hasRoom(lane.crew, crew)
  }

  /** Reads one delivery at least, whatever room there is; tells of those that are new, and says up to where it saw all. */
  async #each(
    crew: Crew,
    { after, upTo, room }: { after: string; upTo: string; room: Amount },
    conversation: string | undefined,
    take: (delivery: HeldDelivery) => void,
    saw: (id: string) => void = () => {},
  ): Promise<string> {
    const { journal, handover } = this.#options
    const { bot, plugin } = crew
    const limit = Math.max(1, Math.min(PAGE, room.held))
    const watch: Watch = handover.watch()
    try {
      const page = await journal.pendingOf(
        { bot, plugin, after, upTo, limit, chars: room.chars },
        conversation,
      )
      if (this.#stopped) return page.seenTo
      for (const delivery of page.deliveries) {
        saw(delivery.event.id)
        if (handover.isNew(crew, delivery, watch)) take(delivery)
      }
      return page.seenTo
    } finally {
      handover.unwatch(watch)
    }
  }

  /** Whether it went well. The log is told once that the journal cannot be read. */
  async #guarded(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      this.#unreadable = false
      return true
    } catch (err) {
      if (this.#stopped) return true
      if (!this.#unreadable) this.#options.log.error({ err }, 'the journal could not be read; trying again')
      this.#unreadable = true
      return false
    }
  }
}
