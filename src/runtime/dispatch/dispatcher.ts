import { backoffMs } from '../../base/backoff.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { Queue } from '../../base/queue.ts'
import type { Delivery, MadeCall } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import { Attempt } from './attempt.ts'
import { Attempts } from './attempts.ts'
import { type DispatchLimits, defaultLimits } from './limits.ts'

export interface DispatcherOptions {
  readonly clock: Clock
  readonly journal: Pick<Journal, 'keep' | 'finish' | 'fail' | 'pending' | 'count'>
  /** Handles a delivery. The attempt is aborted when its time is up; what is done afterwards is not waited for. */
  readonly handle: (attempt: Attempt) => unknown
  /** Whether an error says that JMessage cannot be reached: such attempts do not count. */
  readonly isOutage: (error: Error) => boolean
  readonly log: Log
  readonly limits?: Partial<DispatchLimits>
}

/** Wait after the journal could not be read. */
const REFILL_RETRY_MS = 1000

/** The deliveries of one conversation to one plugin: handled one after the other. */
interface Lane {
  /** None for an event that is a conversation by itself. */
  readonly conversation: string | undefined
  readonly crew: Crew
  readonly waiting: Queue<Delivery>
  /** How often the first of them failed, outages counted. */
  failures: number
}

/** A plugin of a bot: its lanes, how many of its handlers run, and which lanes wait for one to end. */
interface Crew {
  running: number
  readonly ready: Queue<Lane>
  /** By conversation. */
  readonly lanes: Map<string, Lane>
}

/**
 * Hands deliveries to plugins: in order within a conversation, concurrently across conversations. One that fails is
 * tried again with growing pauses while its conversation waits, and set aside after its last attempt.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #limits: DispatchLimits
  readonly #attempts: Attempts
  readonly #crews = new Map<string, Crew>()
  #held = 0
  /** Deliveries after this event are in the journal only: there were too many to hold. At first, all of them. */
  #spilledAfter: string | undefined = ''
  /** About how many those are. */
  #spilled = 0
  /** Something was accepted since the last look into the journal. */
  #passedOver = false
  #lastHeld = ''
  /** No refill now: one runs, or {@link resume} was not called yet. */
  #refilling = true
  #stopping = false
  /** Attempts that are made, or whose outcome is being noted. */
  #underWay = 0
  #onIdle = () => {}
  readonly #keep = (delivery: Delivery, call: MadeCall) => this.#options.journal.keep(delivery, call)
  /** Ends of pauses, by the lanes that pause. */
  readonly #pauses = new Map<Lane, Cancel>()

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#attempts = new Attempts(options.clock, this.#limits.handlerMs)
  }

  /** All deliveries that are not handled, about. */
  get waiting(): number {
    return this.#held + this.#spilled
  }

  /** Takes up what an earlier process left unhandled, and begins to hand out what is accepted. */
  async resume(): Promise<number> {
    this.#spilled = await this.#options.journal.count()
    const left = this.#spilled
    this.#refilling = false
    await this.#refill()
    return left
  }

  /** Takes deliveries that are on disk, in the order of their events. */
  add(deliveries: readonly Delivery[]): void {
    if (this.#stopping) return
    const alreadyHeld = this.#lastHeld
    for (const delivery of deliveries) {
      const { id } = delivery.event
      // A refill may have found it in the journal before this call told of it.
      if (id <= alreadyHeld) continue
      // Those of one event are not torn apart, as the journal is read on by events.
      if (this.#held >= this.#limits.inMemory && id !== this.#lastHeld) this.#spilledAfter ??= this.#lastHeld
      if (this.#spilledAfter === undefined) this.#hold(delivery)
      else {
        this.#passedOver = true
        this.#spilled++
      }
    }
  }

  /**
   * Lets the handlers that run come to their end, for at most `graceMs`; then they are aborted. What is left is resumed
   * by the next start.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    for (const cancel of this.#pauses.values()) cancel()
    if (graceMs > 0 && this.#underWay > 0) {
      await new Promise<void>(resolve => {
        const cancel = this.#options.clock.after(graceMs, resolve)
        this.#onIdle = () => {
          cancel()
          resolve()
        }
      })
    }
    this.#attempts.abort(new AppError('shutting down', { code: 'plugin.stopped', retry: 'later' }))
  }

  #hold(delivery: Delivery): void {
    this.#held++
    this.#lastHeld = delivery.event.id
    const { bot, plugin, event } = delivery
    const key = `${bot}/${plugin}`
    let crew = this.#crews.get(key)
    if (!crew) {
      crew = { running: 0, ready: new Queue<Lane>(), lanes: new Map() }
      this.#crews.set(key, crew)
    }
    const conversation = event.conversation === event.id ? undefined : event.conversation
    const lane = conversation !== undefined && crew.lanes.get(conversation)
    if (lane) return void lane.waiting.push(delivery)
    const fresh: Lane = { conversation, crew, waiting: new Queue(delivery), failures: 0 }
    if (conversation !== undefined) crew.lanes.set(conversation, fresh)
    this.#start(fresh)
  }

  #start(lane: Lane): void {
    const { crew } = lane
    if (this.#stopping) return
    if (crew.running >= this.#limits.perPlugin) return void crew.ready.push(lane)
    crew.running++
    this.#underWay++
    this.#attempt(lane.waiting.first!, error => {
      crew.running--
      const next = crew.ready.shift()
      if (next) this.#start(next)
      this.#ended(lane, error)
    })
  }

  /** Has a delivery handled. `end` is called once: with the error, if there was one. */
  #attempt(delivery: Delivery, end: (error?: Error) => void): void {
    const { handle } = this.#options
    const attempt = new Attempt(delivery, this.#keep)
    const endOnce = (error?: Error) => {
      if (!leave()) return
      attempt.close()
      end(error)
    }
    const leave = this.#attempts.add(attempt, () => {
      const error = new AppError(`the handler took longer than ${this.#limits.handlerMs} ms`, {
        code: 'plugin.timeout',
        retry: 'later',
      })
      attempt.abort(error)
      endOnce(error)
    })
    // A handler that throws at once is one whose promise is rejected.
    new Promise(resolve => resolve(handle(attempt))).then(
      () => {
        // Calls that the handler did not wait for have to be on disk all the same.
        const idle = attempt.idle()
        if (idle) void idle.then(() => endOnce())
        else endOnce()
      },
      thrown => endOnce(asError(thrown)),
    )
  }

  #ended(lane: Lane, error: Error | undefined): void {
    const delivery = lane.waiting.first!
    // What failed because of the shutdown is as it was, and comes again with the next start.
    if (error && this.#stopping) return void this.#settle()
    if (error) return void this.#failed(lane, delivery, error)
    this.#done(lane)
    this.#note(this.#options.journal.finish(delivery), delivery)
  }

  #failed(lane: Lane, delivery: Delivery, error: Error): void {
    const { clock, journal, log, isOutage } = this.#options
    const { attempts: most, firstRetryMs, longestRetryMs } = this.#limits
    const { event, bot, plugin } = delivery
    const outage = isOutage(error)
    if (!outage) delivery.attempts++
    delivery.again = true
    lane.failures++
    const about = { event: event.id, type: event.type, bot, plugin, attempt: delivery.attempts, err: error }
    const hopeless = !outage && error instanceof AppError && error.retry === 'never'
    if (hopeless || delivery.attempts >= most) {
      log.error(
        about,
        hopeless ? 'set aside: trying again cannot help' : 'set aside: the handler failed each time',
      )
      this.#done(lane)
      return void this.#note(journal.fail(delivery, error), delivery)
    }
    const failures = Math.max(lane.failures, delivery.attempts)
    const wait = backoffMs(failures, { firstMs: firstRetryMs, longestMs: longestRetryMs })
    // An outage is told of once, by the outbox.
    if (!outage) log.warn({ ...about, retryInMs: wait }, 'a handler failed; it is tried again')
    const cancel = clock.after(wait, () => {
      this.#pauses.delete(lane)
      this.#start(lane)
    })
    this.#pauses.set(lane, cancel)
    this.#note(journal.fail(delivery, error, clock.now() + wait), delivery)
  }

  #done(lane: Lane): void {
    lane.waiting.shift()
    lane.failures = 0
    this.#held--
    if (lane.waiting.length > 0) this.#start(lane)
    else if (lane.conversation !== undefined) lane.crew.lanes.delete(lane.conversation)
    if (this.#spilledAfter !== undefined && this.#held <= this.#limits.inMemory / 2) void this.#refill()
  }

  /** Ends an attempt when its outcome is written. */
  #note(written: Promise<unknown>, { event, bot, plugin }: Delivery): void {
    written.then(
      () => this.#settle(),
      err => {
        // It stays pending, and the next start hands it over again; sends it made are known by their keys.
        const about = { err, event: event.id, bot, plugin }
        this.#options.log.error(about, 'the outcome of a delivery could not be noted')
        this.#settle()
      },
    )
  }

  #settle(): void {
    this.#underWay--
    if (this.#underWay === 0) this.#onIdle()
  }

  /** Takes up deliveries that wait in the journal, as many as there is room for. */
  async #refill(): Promise<void> {
    if (this.#refilling || this.#spilledAfter === undefined || this.#stopping) return
    this.#refilling = true
    try {
      while (this.#held < this.#limits.inMemory) {
        const limit = this.#limits.inMemory - this.#held
        this.#passedOver = false
        const page = await this.#options.journal.pending(this.#spilledAfter, limit)
        if (this.#stopping) return
        for (const delivery of page) this.#hold(delivery)
        this.#spilled = Math.max(0, this.#spilled - page.length)
        if (page.length < limit && !this.#passedOver) {
          this.#spilledAfter = undefined
          this.#spilled = 0
          return
        }
        if (page.length > 0) this.#spilledAfter = this.#lastHeld
      }
    } catch (err) {
      this.#options.log.error({ err }, 'the journal could not be read; trying again')
      this.#options.clock.after(REFILL_RETRY_MS, () => void this.#refill())
    } finally {
      this.#refilling = false
    }
  }
}
