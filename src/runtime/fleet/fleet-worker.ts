import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Broadcasts } from '../bot/broadcast/broadcasts.ts'
import type { Outbox } from '../bot/outbox.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Journal } from '../events/journal.ts'
import type { Jobs } from '../sources/jobs.ts'
import type { Duties } from './duties.ts'
import type { Worker } from './fleet-options.ts'
import type { News, Place } from './place.ts'
import type { StuckNotes } from './stuck-notes.ts'

export interface FleetWorkerOptions {
  readonly place: Place
  readonly journal: Journal
  readonly dispatcher: Dispatcher
  readonly outbox: Outbox
  readonly broadcasts: Broadcasts
  readonly jobs: Jobs
  readonly duties: Duties
  readonly stuck: StuckNotes
  readonly clock: Clock
  readonly log: Log
}

/** Waits between the tries at what the database refuses, in ms. */
const RETRY = { firstMs: 200, longestMs: 5000 }

/** Does the work of the parts that this process has. */
export class FleetWorker implements Worker {
  readonly #options: FleetWorkerOptions
  readonly #stopped = new AbortController()
  /** What is taken and heard is seen to one after the other. */
  #inOrder: Promise<unknown> = Promise.resolve()
  /** Events that were heard of, and are not yet read. */
  #heard: string[] = []

  constructor(options: FleetWorkerOptions) {
    this.#options = options
  }

  stop(): void {
    this.#stopped.abort()
  }

  take(parts: readonly number[], goesOn: boolean, admit: () => void): Promise<void> {
    return this.#next(() =>
      this.#steadily(async () => {
        const { outbox, broadcasts, dispatcher, duties, stuck, log } = this.#options
        const calls = await outbox.handover.take(parts)
        await broadcasts.take(parts)
        const notes = await stuck.in(parts)
        const deliveries = await dispatcher.take(parts, admit, notes)
        await stuck.forget(notes)
        if (calls + deliveries > 0) log.info({ calls, deliveries }, 'took up what others left')
        await duties.take(new Set(parts), goesOn)
      }),
    )
  }

  async leave(given: readonly number[]): Promise<void> {
    const { outbox, broadcasts, dispatcher, duties } = this.#options
    const parts = new Set(given)
    await duties.leave(parts)
    broadcasts.leave(parts)
    await dispatcher.leave(parts)
    await outbox.handover.leave(parts)
  }

  lose(lost: readonly number[]): void {
    const { outbox, broadcasts, dispatcher, duties, log } = this.#options
    const parts = new Set(lost)
    broadcasts.leave(parts)
    dispatcher.lose(parts)
    outbox.handover.lose(parts)
    void duties
      .leave(parts)
      .catch(err => log.error({ err }, 'what another process does now could not be ended'))
  }

  hear(news: readonly News[]): void {
    const { outbox, broadcasts, jobs } = this.#options
    for (const one of news) {
      if (one.kind === 'event') this.#hearEvent(one.id)
      else if (one.kind === 'again') void this.#next(() => this.#again(one))
      else if (one.kind === 'call') void this.#next(() => outbox.handover.hear(one.key, true))
      else if (one.kind === 'cancel') void this.#next(async () => void (await outbox.cancel(one.key)))
      else if (one.kind === 'broadcast') void this.#next(() => broadcasts.hear(one.id))
      else if (one.kind === 'job') jobs.arm(one.dueAt)
    }
  }

  look(): void {
    const { outbox, broadcasts, dispatcher } = this.#options
    // What is heard next may come after what was not heard of: it waits until that is found.
    void this.#next(() =>
      this.#steadily(async () => {
        await outbox.handover.look()
        await broadcasts.look()
        await dispatcher.look()
      }),
    )
  }

  sure(): void {
    this.#options.dispatcher.goOn()
    this.#options.outbox.goOn()
  }

  #hearEvent(id: string): void {
    this.#heard.push(id)
    if (this.#heard.length > 1) return
    void this.#next(async () => {
      const heard = this.#heard
      this.#heard = []
      await this.#steadily(() => this.#options.dispatcher.hear(heard))
    })
  }

  async #again({ id, bot, plugin }: Extract<News, { kind: 'again' }>): Promise<void> {
    const { journal, dispatcher } = this.#options
    const delivery = await journal.reopened(id, { bot, plugin })
    if (delivery && this.#options.place.has(delivery.partition)) dispatcher.retry(delivery)
  }

  /** What fails here is found by the next look. */
  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#inOrder.then(work).catch((err: unknown) => {
      if (!this.#stopped.signal.aborted)
        this.#options.log.warn({ err }, 'news of other processes could not be followed; looking again soon')
    })
    this.#inOrder = done
    return done
  }

  async #steadily(work: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopped
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await work()
      } catch (err) {
        if (failures === 1) log.warn({ err }, 'what others left could not be taken up; trying again')
        await sleep(clock, backoffMs(failures, RETRY), signal).catch(() => {})
      }
    }
  }
}
