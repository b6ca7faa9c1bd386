import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { type Client, RateLimited, ServerFault, TransportError } from '../../client/index.ts'
import type { CallEnd, Observer } from '../observer.ts'
import { isAlreadySo } from './already-so.ts'
import type { Doubts } from './doubts.ts'
import type { Endings } from './endings.ts'
import type { Gate } from './gate.ts'
import type { Lanes } from './lanes.ts'
import { canBeDoubtful, type Entry } from './outbox-entry.ts'
import { expired, IN_DOUBT, inDoubt } from './outbox-errors.ts'
import type { OutboxRows } from './outbox-rows.ts'

export interface MakerOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly observer: Observer
  readonly gate: Gate
  readonly doubts: Doubts
  readonly lanes: Lanes
  readonly rows: OutboxRows
  readonly endings: Endings
  /** How often a call is made when JMessage fails at it, while it does what others ask of it. */
  readonly attempts: number
  /** Aborted when nothing more is let out. */
  readonly signal: AbortSignal
}

/** So long is a call tried that JMessage fails at, where it does nothing else that would tell that it is the call. */
const ALONE_MS = 3_600_000

/** Makes calls, however long that takes: in order for each lane, and messages not twice. */
export class Maker {
  readonly #options: MakerOptions

  constructor(options: MakerOptions) {
    this.#options = options
  }

  /**
   * The short way, which nearly every call takes: made at once, and well. The gate has let it through.
   *
   * @param over  called when its end is noted, or with the error with which it failed
   */
  tryFirst(entry: Entry, over: (failure?: Error) => void): void {
    const { client, gate } = this.#options
    client.call(entry.endpoint, entry.args as never, { checked: true, counted: true }).then(
      result => {
        gate.leave()
        const noted = this.#sent(entry, result, entry.createdAt)
        if (noted) void noted.then(() => over())
        else over()
      },
      thrown => over(asError(thrown)),
    )
  }

  /**
   * Makes a call. Returns when its end is on disk, or everything stops.
   *
   * @param failure  of a first try
   */
  async make(entry: Entry, failure?: Error): Promise<void> {
    const { clock, signal, gate, endings } = this.#options
    let error = failure
    let triedAt = entry.createdAt
    for (let faults = 1; ; faults++) {
      const isLook = entry.doubt !== undefined
      const isOver = error && (isLook ? this.#lookFailed(entry, error) : this.#failed(entry, error, triedAt))
      if (await isOver) return
      if (this.#isGivenUp(entry)) return endings.cancelled(entry)
      if (entry.isLeft) return
      const pause = this.#pause(entry, error, faults, isLook)
      if (pause > 0) await sleep(clock, pause, signal)
      error = undefined
      await this.#turn(entry)
      if (entry.state === 'cancelled' || signal.aborted || entry.isLeft) return gate.leaveUnused()
      if (this.#isGivenUp(entry)) {
        gate.leaveUnused()
        return endings.cancelled(entry)
      }
      triedAt = clock.now()
      entry.isOut = true
      try {
        if (entry.doubt) {
          if (await this.#look(entry)) return
        } else if (clock.now() >= entry.expiresAt) {
          gate.leaveUnused()
          return this.#options.endings.failed(entry, expired(entry))
        } else return void (await this.#sent(entry, await this.#call(entry), triedAt))
      } catch (thrown) {
        error = asError(thrown)
      } finally {
        entry.isOut = false
      }
    }
  }

  /** Looks up in the history whether a message was sent. Whether that is its end; if not, it can be made. */
  async #look(entry: Entry): Promise<boolean> {
    const { clock, doubts, gate } = this.#options
    // The look has to wait for the quota by itself.
    gate.giveBack()
    const found = await doubts.lookUp(entry)
    gate.leaveLook()
    if (found instanceof AppError && !entry.decided) await this.#options.endings.unsure(entry, found)
    else if (found === 'absent' || found instanceof AppError) {
      entry.doubt = undefined
      return false
    } else await this.#sent(entry, found, clock.now())
    return true
  }

  /** Whether a look that failed is the end of a message: it may not be in doubt for longer than calls may wait. */
  async #lookFailed(entry: Entry, error: Error): Promise<boolean> {
    const { clock, doubts, gate } = this.#options
    entry.failed(clock.now())
    const isAlone = this.#isPoisoned(entry)
    // The history may be away by itself, which tells nothing of what takes the messages.
    gate.leaveAfter(error, isAlone && error instanceof TransportError)
    const isLate = clock.now() >= entry.expiresAt && (isAlone || !doubts.isWithinReach(entry.doubt!))
    if (isLate) await this.#options.endings.unsure(entry, inDoubt(error))
    else this.#queue(entry, error)
    return isLate
  }

  async #call(entry: Entry): Promise<unknown> {
    const { client, gate } = this.#options
    try {
      await this.#markSending(entry)
    } catch (error) {
      gate.giveBack()
      throw error
    }
    const result = await client.call(entry.endpoint, entry.args as never, { checked: true, counted: true })
    gate.leave()
    return result
  }

  /** How long to wait before the next try. While JMessage cannot be reached, the gate sees to it. */
  #pause(entry: Entry, error: Error | undefined, faults: number, isLook: boolean): number {
    const { doubt } = entry
    const settle = doubt ? this.#options.doubts.pause(doubt) : 0
    if (!error || error instanceof RateLimited) return settle
    // What looks into the history lets others see whether JMessage is back.
    if (isLook) return Math.max(settle, backoffMs(faults, { firstMs: 500, longestMs: 15_000 }))
    if (error instanceof TransportError && !this.#isPoisoned(entry)) return settle
    return Math.max(settle, backoffMs(faults, { firstMs: 500, longestMs: 60_000 }))
  }

  /** Waits for earlier calls of the lane whose callers have gone on, and for JMessage; the caller need not, then. */
  async #turn(entry: Entry): Promise<void> {
    const { lanes, gate } = this.#options
    for (;;) {
      for (let ahead = lanes.ahead(entry); ahead; ahead = lanes.ahead(entry)) {
        this.#queue(entry)
        this.#hurry(entry)
        await ahead.over()
      }
      if (gate.isClosed) this.#queue(entry)
      const isLook = entry.doubt !== undefined
      await gate.enter(entry.priority, { order: entry.seq, isLook, delayed: () => this.#queue(entry) })
      if (!lanes.ahead(entry)) return
      gate.leaveUnused()
    }
  }

  /** What an answer to somebody has to wait for is as urgent as the answer. */
  #hurry(entry: Entry): void {
    const { lanes, gate } = this.#options
    for (const ahead of lanes.lessUrgentAhead(entry)) {
      const { seq, priority } = ahead
      ahead.priority = entry.priority
      gate.raise(seq, priority, entry.priority)
    }
  }

  /** On disk as "sending" before the request, so that a crash leaves it in doubt and not unsent. */
  async #markSending(entry: Entry): Promise<void> {
    const { state, noted } = entry
    // That it waits may be on its way to the disk still.
    if (entry.recorded && !(state === 'sending' && noted === 'sending')) {
      try {
        await this.#options.rows.note(entry, 'sending')
      } catch (cause) {
        entry.state = state
        throw new AppError('the call could not be noted', { code: 'outbox.store', retry: 'later', cause })
      }
    }
  }

  /** Has a call wait on disk; its caller goes on, and later calls of its lane come after it. */
  #queue(entry: Entry, error?: Error): void {
    const { lanes, rows } = this.#options
    // Of one that another process makes now nothing is noted here any more.
    if (entry.state === 'cancelled' || entry.isLeft) return
    lanes.hold(entry)
    const state = entry.doubt ? 'doubtful' : 'queued'
    // Whatever the caller writes next is committed after what is being written now.
    if (entry.noted === state && entry.state === state) entry.tellQueued()
    else void rows.noteAtLast(entry, state, { error }).then(noted => noted && entry.tellQueued())
  }

  /** A call was made. Its end is on disk, or is going to be with that of its delivery, or is once this resolves. */
  #sent(entry: Entry, result: unknown, triedAt: number): Promise<unknown> | undefined {
    const { rows, clock } = this.#options
    const now = clock.now()
    entry.attempts++
    entry.madeAt = now
    this.#observe(entry, 'sent', now - triedAt)
    const kept = !entry.recorded && entry.keep?.(entry.made(result, now))
    const noted = kept ? undefined : rows.noteAtLast(entry, 'sent', { result })
    // Not waited for: whatever the caller writes next is committed after it, and a crash leaves the call in doubt.
    this.#options.endings.end(entry, { id: entry.key, state: 'sent', result })
    return noted
  }

  /** Whether a failure is the end of a call. If it is not, the call waits to be made again. */
  async #failed(entry: Entry, error: Error, triedAt: number): Promise<boolean> {
    const { clock, log, gate } = this.#options
    const { key, endpoint, event } = entry
    if (isAlreadySo(endpoint, error)) {
      gate.leave()
      await this.#sent(entry, null, triedAt)
      return true
    }
    const broke = error instanceof TransportError && error.phase === 'after'
    if (broke || error instanceof ServerFault) {
      entry.attempts++
      entry.failed(clock.now())
    }
    gate.leaveAfter(error, broke && entry.attempts > 1 && this.#isPoisoned(entry))
    const ms = clock.now() - triedAt
    const retry = error instanceof AppError ? error.retry : 'never'
    if (retry === 'unsure') {
      log.warn({ call: key, event, endpoint, err: error }, 'an answer was lost')
      if (canBeDoubtful(endpoint)) entry.doubt = { since: entry.createdAt, until: clock.now() }
    }
    const hopeless = entry.attempts >= this.#options.attempts && this.#isPoisoned(entry)
    if (retry !== 'never' && !hopeless) {
      this.#observe(entry, 'waiting', ms, error)
      this.#queue(entry, error)
      return false
    }
    this.#observe(entry, 'failed', ms, error)
    // Of a message that JMessage failed at, the history tells what became of it.
    if (entry.doubt && retry !== 'never') await this.#lookLast(entry, error)
    else await this.#options.endings.failed(entry, error)
    return true
  }

  /** Whether this call fails, while JMessage does what others ask of it. */
  #isPoisoned({ failingSince }: Entry): boolean {
    if (failingSince === undefined) return false
    const { gate } = this.#options
    // Where nobody asks for anything else, a history that can be read all the while has to do.
    return gate.lastWellAt > failingSince || gate.lastLookAt > failingSince + ALONE_MS
  }

  /** Looks a message up before it is given up. */
  async #lookLast(entry: Entry, error: Error): Promise<void> {
    const { clock, doubts, signal } = this.#options
    this.#queue(entry, error)
    let pause = doubts.pause(entry.doubt!)
    for (let failures = 1; ; failures++) {
      await sleep(clock, pause, signal)
      const found = await doubts.lookUp(entry).catch(asError)
      if (found === 'absent') return this.#options.endings.failed(entry, error)
      if (!(found instanceof Error)) return void (await this.#sent(entry, found, clock.now()))
      if (found instanceof AppError && found.code === IN_DOUBT)
        return this.#options.endings.unsure(entry, found)
      if (clock.now() >= entry.expiresAt) return this.#options.endings.unsure(entry, inDoubt(found))
      pause = backoffMs(failures, { firstMs: 500, longestMs: 60_000 })
    }
  }

  #isGivenUp({ unwanted, doubt }: Entry): boolean {
    return unwanted && !doubt
  }

  #observe(entry: Entry, end: CallEnd, ms: number, error?: Error): void {
    this.#options.observer.called(entry, end, ms, error)
  }
}
