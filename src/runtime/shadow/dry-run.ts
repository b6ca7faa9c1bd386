import { type Cancel, type Clock, systemClock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import { openStore, type Store } from '../../store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../store/schema/runtime.ts'
import { Attempt } from '../dispatch/attempt.ts'
import { keptCall } from '../events/call-records.ts'
import { insertDelivery } from '../events/delivery-rows.ts'
import type { Delivery, MadeCall, Recipient } from '../events/event.ts'
import type { CallRecord, EventRecord } from '../events/record.ts'
import type { BotSpec, RuntimeOptions } from '../options.ts'
import { Runtime } from '../runtime.ts'
import { copyState, dryStore } from './dry-store.ts'

/** Time for a handler, on the machine's clock: the other one may stand still. */
const HANDLER_MS = 30_000

/** A clock that is set to the time of each event, and goes on from there as another one does. */
class Moment implements Clock {
  readonly #pace: Clock
  #ahead = 0

  constructor(pace: Clock) {
    this.#pace = pace
  }

  now(): number {
    return this.#pace.now() + this.#ahead
  }

  after(ms: number, run: () => void): Cancel {
    return this.#pace.after(ms, run)
  }

  moveTo(at: number): void {
    this.#ahead = at - this.#pace.now()
  }
}

/** What a plugin would do with an event. */
export interface DryHandling extends Recipient {
  readonly calls: readonly CallRecord[]
  /** With which the handler failed. */
  readonly error: Error | undefined
}

export type DryRunOptions = Pick<RuntimeOptions, 'apps' | 'baseDir' | 'log'> & {
  /** With the plugins that are to handle events. */
  readonly bots: readonly BotSpec[]
  /** What bots and plugins remember; it is not changed. */
  readonly store: Store<RuntimeTables>
  /** How fast time passes. Default: as it does. */
  readonly pace?: Clock
}

/**
 * Hands stored events to today's plugins, at the time of the event and with what the plugins remember today, to see what
 * they would do: nothing is sent and nothing written. Reads are made.
 */
export class DryRun {
  readonly #runtime: Runtime
  readonly #store: Store<RuntimeTables>
  readonly #moment: Moment
  /** By key: what was answered to the calls of the event. */
  #answers = new Map<string, CallRecord>()
  #event: string | undefined
  #calls: MadeCall[] = []

  private constructor(memory: Store<RuntimeTables>, options: DryRunOptions) {
    const { store, bots, pace = systemClock, ...rest } = options
    this.#moment = new Moment(pace)
    this.#store = memory
    this.#runtime = new Runtime({
      ...rest,
      store: dryStore(memory, store),
      bots: bots.map(inShadow),
      clock: this.#moment,
      watchShadow: {
        onCall: (call, event) => {
          if (event === this.#event) this.#calls.push(call)
        },
        answered: key => this.#answered(key),
      },
    })
  }

  /** @throws what a plugin throws that cannot be set up */
  static async open(options: DryRunOptions): Promise<DryRun> {
    const memory = await openStore(runtimeSchema, { url: ':memory:' })
    const run = new DryRun(memory, options)
    try {
      await copyState(options.store, memory, options.bots)
      await run.#runtime.start()
      // Only what is handed over is handled.
      await run.#runtime.schedules.stop()
      await run.#runtime.jobs.stop()
      return run
    } catch (error) {
      await run.close()
      throw error
    }
  }

  /** Whether a plugin is there to handle events. */
  has({ bot, plugin }: Recipient): boolean {
    return this.#runtime.host.instance(bot, plugin) !== undefined
  }

  /** Has a plugin handle an event. One after the other, and each once. */
  async handle(record: EventRecord, { bot, plugin }: Recipient): Promise<DryHandling> {
    const { id, type, conversation, data, createdAt } = record
    const event = { id, type, conversation, data, createdAt }
    const row = { event: id, bot, plugin, type, conversation, data: JSON.stringify(data) ?? 'null' }
    await this.#store.write(tx =>
      tx.run(insertDelivery, { ...row, dedupe: null, at: createdAt, state: 'pending', partition: 0 }),
    )
    const calls = [...record.deliveries.flatMap(delivery => delivery.calls), ...record.calls]
    this.#answers = new Map(calls.map(call => [call.key, call]))
    this.#event = id
    this.#calls = []
    this.#moment.moveTo(createdAt)
    const fresh = { attempts: 0, again: false, recovered: false, partition: 0, calls: [] }
    const delivery: Delivery = { event, bot, plugin, ...fresh }
    const error = await this.#attempt(delivery).then(() => undefined, asError)
    await this.#runtime.journal.finish(delivery)
    const inOrder = this.#calls.sort((a, b) => (a.seq < b.seq ? -1 : 1))
    return { bot, plugin, calls: inOrder.map(keptCall), error }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { journal, host } = this.#runtime
    const attempt = new Attempt(delivery, (kept, call) => journal.keep(kept, call))
    let cancel: Cancel = () => {}
    const tooLong = new Promise<never>((_, reject) => {
      cancel = systemClock.after(HANDLER_MS, () => {
        const error = new AppError(`the handler took longer than ${HANDLER_MS} ms`, {
          code: 'plugin.timeout',
        })
        attempt.abort(error)
        reject(error)
      })
    })
    try {
      await Promise.race([tooLong, new Promise(resolve => resolve(host.handle(attempt)))])
      await attempt.idle()
    } finally {
      cancel()
      attempt.close()
    }
  }

  #answered(key: string): unknown {
    const { state, result, error } = this.#answers.get(key) ?? {}
    if (state !== 'failed') return result
    throw new AppError(error ?? 'it was refused', { code: 'outbox.refused' })
  }

  async close(): Promise<void> {
    await this.#runtime.stop(0)
    await this.#store.close()
  }
}

/** In this process, where nothing of it gets out. */
const inShadow = (bot: BotSpec): BotSpec => ({
  ...bot,
  mode: 'shadow',
  plugins: bot.plugins.map(plugin => ({ ...plugin, isolation: 'none' })),
})
