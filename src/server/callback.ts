import type { Agent } from 'undici'
import type { Clock } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { App, Apps } from './apps.ts'
import { CallbackDelivery } from './callback-delivery.ts'
import { dutyName, eventFeed, messageFeed } from './callback-feeds.ts'
import type { Duty, Leases } from './processes/leases.ts'
import type { Faults } from './sandbox/faults/faults.ts'

export interface CallbackOptions {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly log: Log
  readonly faults?: Faults | undefined
  /** By which one process at a time posts; absent where there is but one. */
  readonly leases?: Leases | undefined
  /** In place of the network. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

interface Delivery {
  start(): Promise<void>
  wake(): void
  close(): Promise<void>
}

/** Posts what users say, and what happens where that is wanted, to the callback URLs of their apps. */
export class Callbacks {
  readonly #options: CallbackOptions
  /** Those of this process, by the id of the app. */
  readonly #deliveries = new Map<number, Delivery[]>()
  /** What is being ended, and begun, one after the other. */
  #changing: Promise<unknown> = Promise.resolve()
  #closed = false
  #agent: Promise<Agent> | undefined

  constructor(options: CallbackOptions) {
    this.#options = options
  }

  /** Continues where each app's callback left off. */
  async start(): Promise<void> {
    const { apps, leases } = this.#options
    const called = apps.all.filter(({ callback }) => callback !== undefined)
    if (!leases) for (const app of called) await this.#begin(app)
    else await leases.start(called.map(app => this.#dutyOf(app)))
    await this.#changing
  }

  /** There is something new for the app. */
  wake(app: Pick<App, 'id'>): void {
    for (const delivery of this.#deliveries.get(app.id) ?? []) delivery.wake()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#changing
    await Promise.all([...this.#deliveries.values()].flat().map(delivery => delivery.close()))
    await this.#options.leases?.close()
    await (await this.#agent)?.destroy()
  }

  /** One process has it at a time, and posts what the app is to be told. */
  #dutyOf(app: App): Duty {
    const duty: Duty = {
      name: dutyName(app),
      held: () => {
        if (this.#closed) return
        if (this.#deliveries.has(app.id)) this.wake(app)
        else this.#inTurn(() => this.#begin(app, () => this.#options.leases?.isHeld(duty) ?? false))
      },
      lost: () => this.#inTurn(() => this.#end(app)),
    }
    return duty
  }

  async #begin(app: App, mayPost = () => true): Promise<void> {
    if (this.#deliveries.has(app.id)) return
    const parts = { ...this.#options, app, mayPost, agent: () => this.#open() }
    const deliveries: Delivery[] = [new CallbackDelivery({ ...parts, feed: messageFeed(this.#options, app) })]
    if (app.callbackEvents)
      deliveries.push(new CallbackDelivery({ ...parts, feed: eventFeed(this.#options, app) }))
    for (const delivery of deliveries) await delivery.start()
    this.#deliveries.set(app.id, deliveries)
  }

  async #end(app: App): Promise<void> {
    const deliveries = this.#deliveries.get(app.id) ?? []
    this.#deliveries.delete(app.id)
    await Promise.all(deliveries.map(delivery => delivery.close()))
  }

  #inTurn(change: () => Promise<void>): void {
    // A callback that cannot be begun is, when its lease is renewed.
    this.#changing = this.#changing.then(change).catch(reason => {
      this.#options.log.warn({ err: asError(reason) }, 'a callback cannot be begun yet; trying again')
    })
  }

  /** Made, and its library loaded, when there is something to post: a start has no time for it. */
  #open(): Promise<Agent> {
    this.#agent ??= import('undici').then(
      ({ Agent }) => new Agent({ connections: 1, connect: { timeout: 5000 } }),
    )
    return this.#agent
  }
}
