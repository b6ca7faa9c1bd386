import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { HeldDelivery } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import type { Place } from '../fleet/place.ts'
import type { Observer } from '../observer.ts'
import type { BusyMark } from './busy.ts'
import type { Crew, Lane } from './crew.ts'
import type { Crews } from './crews.ts'
import type { Handover } from './handover.ts'
import { Outcomes } from './outcomes.ts'
import { Retries, type RetriesOptions, type Verdict } from './retries.ts'
import { isLow } from './room.ts'
import { Tries, type TriesOptions } from './tries.ts'
import { Turns } from './turns.ts'

export interface FloorOptions extends Pick<TriesOptions, 'handle'>, Pick<RetriesOptions, 'isOutage'> {
  readonly clock: Clock
  readonly log: Log
  readonly journal: Pick<Journal, 'keep' | 'finish' | 'fail'>
  readonly observer: Observer
  readonly busy: BusyMark
  readonly place: Place
  readonly crews: Crews
  readonly handover: Handover
  /** Told when a delivery ended for good: it was handled, or is set aside with an error. */
  readonly onEnd?: ((delivery: HeldDelivery, error?: Error) => void) | undefined
  /** Told when a lane, or a plugin, has room for more that is in the journal. */
  readonly hasRoom: { readonly lane: (lane: Lane) => void; readonly crew: (crew: Crew) => void }
}

/** Where deliveries are handled that are in memory: lane by lane, each attempt to its end, and that noted. */
export class Floor {
  readonly #options: FloorOptions
  readonly #crews: Crews
  readonly #handover: Handover
  readonly #outcomes: Outcomes
  readonly #tries: Tries
  readonly #retries: Retries
  readonly #observer: Observer
  readonly #place: Place
  readonly #turns = new Turns<Lane>(lane => this.#start(lane))
  #stopping = false
  /** Attempts that are made, or whose outcome is being noted. */
  #underWay = 0
  #onIdle = () => {}

  constructor(options: FloorOptions) {
    const { clock, log, journal, handle, isOutage, busy, crews } = options
    this.#options = options
    this.#crews = crews
    this.#handover = options.handover
    this.#observer = options.observer
    this.#place = options.place
    this.#outcomes = new Outcomes({ clock, log, journal, settled: (crew, it) => this.#noted(crew, it) })
    this.#tries = new Tries({ handle, journal, busy })
    const again = (lane: Lane) => this.#start(lane)
    this.#retries = new Retries({ clock, log, limits: crews.limits, isOutage, again })
  }

  /** Takes a delivery into its lane. */
  push(lane: Lane, delivery: HeldDelivery): void {
    // Other processes may name it, too, and what they accept comes in any order.
    if (this.#place.isShared) lane.crew.known.add(delivery.event.id)
    lane.push(delivery)
    if (lane.waiting.length === 1) this.#start(lane)
  }

  /** Starts what waits, as far as handlers are free. */
  pump(crew: Crew): void {
    while (crew.running < crew.allowed && this.#place.isSure) {
      const lane = crew.nextReady()
      if (!lane) return
      this.#start(lane)
    }
  }

  /** Lets the handlers that run come to their end, for at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    this.#outcomes.stop()
    this.#retries.stop()
    if (graceMs <= 0 || this.#underWay === 0) return
    await new Promise<void>(resolve => {
      const cancel = this.#options.clock.after(graceMs, resolve)
      this.#onIdle = () => {
        cancel()
        resolve()
      }
    })
  }

  #start(lane: Lane): void {
    const { crew } = lane
    if (this.#stopping || lane.isClosed) return
    if (crew.running >= crew.allowed || !this.#place.isSure) return void crew.ready.push(lane)
    crew.running++
    this.#underWay++
    this.#handover.began(lane)
    const delivery = lane.waiting.first!
    const startedAt = this.#options.clock.now()
    this.#observer.started(delivery)
    this.#tries.make(crew, delivery, error => this.#ended(lane, delivery, startedAt, error))
  }

  #ended(lane: Lane, delivery: HeldDelivery, startedAt: number, error: Error | undefined): void {
    const { crew } = lane
    crew.running--
    lane.isRunning = false
    // What failed because of the shutdown is as it was, and comes again with the next start.
    if (error && this.#stopping) return void this.#settle(delivery)
    if (lane.isClosed && !this.#place.has(lane.partition) && error) return void this.#forget(crew, delivery)
    crew.suspects?.clear(crew, delivery.event.id)
    const verdict = error && this.#retries.verdict(lane, error)
    if (!verdict) crew.breaker.succeeded()
    else if (verdict === 'failed') crew.breaker.failed()
    const next = crew.running < crew.allowed ? crew.nextReady() : undefined
    if (next) this.#turns.next(next)
    const ms = this.#options.clock.now() - startedAt
    if (!error || !verdict) {
      this.#observer.ended(delivery, 'done', ms)
      this.#done(lane, delivery)
    } else this.#failed(lane, delivery, ms, error, verdict)
  }

  #failed(lane: Lane, delivery: HeldDelivery, ms: number, error: Error, verdict: Verdict): void {
    const { clock, journal, log } = this.#options
    if (verdict !== 'outage') lane.crew.errors.note(error, clock.now(), delivery.event.id)
    const nextAt = this.#retries.failed(lane, delivery, error, verdict)
    this.#observer.ended(delivery, nextAt === undefined ? 'dead' : 'retried', ms, error)
    if (nextAt === undefined) return void this.#done(lane, delivery, error)
    // If that cannot be noted it does no harm: how it ends will be.
    journal.fail(delivery, error, nextAt).then(
      () => this.#settle(delivery),
      err => {
        log.warn({ err, event: delivery.event.id }, 'a failed attempt could not be noted')
        this.#settle(delivery)
      },
    )
  }

  /** A delivery leaves its lane, which goes on while the outcome is written. */
  #done(lane: Lane, delivery: HeldDelivery, error?: Error): void {
    const { crew } = lane
    this.#options.onEnd?.(delivery, error)
    lane.shift()
    if (lane.waiting.length > 0) this.#turns.next(lane)
    else if (lane.cursor === undefined) {
      this.#handover.closed(lane)
      if (lane.conversation !== undefined && !lane.isClosed) crew.lanes.delete(lane.conversation)
    }
    if (lane.cursor !== undefined && isLow(lane, this.#crews.share.lane)) this.#options.hasRoom.lane(lane)
    this.#outcomes.note(crew, delivery, error)
  }

  /** The outcome is on disk, so that nothing of the delivery is needed any more. */
  #noted(crew: Crew, delivery: HeldDelivery): void {
    this.#handover.ended(delivery)
    crew.release(delivery)
    this.#crews.count(crew, -1)
    if (crew.hasMore && isLow(crew, this.#crews.share.crew)) this.#options.hasRoom.crew(crew)
    this.#settle(delivery)
  }

  /** Another process sees to it, or is about to: nothing is noted of how it ended. */
  #forget(crew: Crew, delivery: HeldDelivery): void {
    crew.release(delivery)
    this.#crews.count(crew, -1)
    this.pump(crew)
    this.#settle(delivery)
  }

  #settle({ partition }: HeldDelivery): void {
    this.#handover.settled(partition)
    this.#underWay--
    if (this.#underWay === 0) this.#onIdle()
  }
}
