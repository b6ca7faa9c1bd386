import { AppError } from '../../base/errors.ts'
import type { Backlog } from '../events/delivery-rows.ts'
import type { HeldDelivery } from '../events/event.ts'
import type { Place } from '../fleet/place.ts'
import type { Crew, Lane } from './crew.ts'
import type { Crews } from './crews.ts'
import type { Suspects } from './suspects.ts'

/** What is read from the journal at a time, and what ended meanwhile: to that it is not known yet. */
export type Watch = Set<string>

/** Deliveries that come from other processes, and go to them, part by part. */
export class Handover {
  readonly #crews: Crews
  readonly #place: Place
  readonly #suspects: Suspects
  readonly #watches = new Set<Watch>()
  /** Attempts that are made, or whose outcome is being noted, by part. */
  readonly #underWay = new Map<number, number>()
  #onQuiet: (() => void)[] = []

  constructor(crews: Crews, place: Place, suspects: Suspects) {
    this.#crews = crews
    this.#place = place
    this.#suspects = suspects
  }

  /** A lane was opened. */
  opened(lane: Lane): void {
    if (this.#place.isShared) lane.crew.allLanes.add(lane)
  }

  /** Nothing waits in a lane any more. */
  closed(lane: Lane): void {
    if (this.#place.isShared) lane.crew.allLanes.delete(lane)
  }

  began(lane: Lane): void {
    lane.isRunning = true
    if (!this.#place.isShared) return
    this.#underWay.set(lane.partition, (this.#underWay.get(lane.partition) ?? 0) + 1)
  }

  /** An attempt has ended, and its outcome is noted or given up. */
  settled(partition: number): void {
    if (!this.#place.isShared) return
    const left = (this.#underWay.get(partition) ?? 0) - 1
    if (left > 0) return void this.#underWay.set(partition, left)
    this.#underWay.delete(partition)
    for (const look of this.#onQuiet.splice(0)) look()
  }

  /** Begins to note what ends while the journal is read. */
  watch(): Watch {
    const watch: Watch = new Set()
    this.#watches.add(watch)
    return watch
  }

  unwatch(watch: Watch): void {
    this.#watches.delete(watch)
  }

  /** A delivery ended, and that is noted. */
  ended({ event, bot, plugin }: HeldDelivery): void {
    for (const watch of this.#watches) watch.add(`${event.id}/${bot}/${plugin}`)
  }

  /** Whether a delivery that was read from the journal is one to be held: of a part that is here, and not known yet. */
  isNew(crew: Crew, { event, bot, plugin, partition }: HeldDelivery, watch: Watch): boolean {
    return (
      this.#place.has(partition) &&
      !crew.known.has(event.id) &&
      !(watch.size > 0 && watch.has(`${event.id}/${bot}/${plugin}`))
    )
  }

  /** Has what waits read from the beginning, of `further` parts, or of all: crews that have some are returned. */
  rewind(backlogs: readonly Backlog[], what: 'further' | 'all' = 'further'): Crew[] {
    return backlogs.map(({ bot, plugin, count, last }) => {
      const crew = this.#crews.get({ bot, plugin })
      crew.rewinds++
      crew.cursor = ''
      if (last > crew.last) crew.last = last
      const more = what === 'further' ? count : Math.max(0, count - crew.waiting)
      this.#crews.count(crew, more)
      return crew
    })
  }

  /** Forgets what waits of some parts. Resolves when nothing of them is under way. */
  async leave(parts: ReadonlySet<number>): Promise<void> {
    this.#close(parts)
    const isBusy = () => [...parts].some(part => this.#underWay.has(part))
    while (isBusy()) await new Promise<void>(resolve => this.#onQuiet.push(resolve))
  }

  /** Forgets all of some parts, as others see to them already: what is under way may do nothing more. */
  lose(parts: ReadonlySet<number>): void {
    this.#close(parts)
    const moved = new AppError('another process sees to this now', { code: 'plugin.moved', retry: 'later' })
    for (const crew of this.#crews) {
      for (const attempt of crew.attempts.list)
        if (parts.has(attempt.delivery.partition)) attempt.abort(moved)
    }
  }

  #close(parts: ReadonlySet<number>): void {
    for (const crew of this.#crews) {
      for (const lane of crew.allLanes) if (parts.has(lane.partition)) this.#closeLane(lane)
      if (crew.hasMore) continue
      this.#crews.count(crew, crew.held - crew.waiting)
    }
    this.#suspects.leave(parts)
  }

  #closeLane(lane: Lane): void {
    const { crew, conversation, waiting } = lane
    lane.isClosed = true
    if (lane.cursor !== undefined) crew.deepLanes--
    lane.cursor = undefined
    crew.allLanes.delete(lane)
    if (conversation !== undefined && crew.lanes.get(conversation) === lane) crew.lanes.delete(conversation)
    const running = lane.isRunning ? waiting.shift() : undefined
    for (let delivery = waiting.shift(); delivery; delivery = waiting.shift()) {
      crew.release(delivery)
      this.#crews.count(crew, -1)
    }
    if (running) waiting.push(running)
  }
}
