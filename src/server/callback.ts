import type { Agent } from 'undici'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { App, Apps } from './apps.ts'
import { CallbackDelivery } from './callback-delivery.ts'
import { eventFeed, messageFeed } from './callback-feeds.ts'
import type { Faults } from './sandbox/faults/faults.ts'

export interface CallbackOptions {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly log: Log
  readonly faults?: Faults | undefined
}

interface Delivery {
  start(): Promise<void>
  wake(): void
  close(): Promise<void>
}

/** Posts what users say, and what happens where that is wanted, to the callback URLs of their apps. */
export class Callbacks {
  readonly #deliveries = new Map<number, Delivery[]>()
  #agent: Promise<Agent> | undefined

  constructor(options: CallbackOptions) {
    for (const app of options.apps.all) {
      if (app.callback === undefined) continue
      const parts = { ...options, app, agent: () => this.#open() }
      const deliveries: Delivery[] = [new CallbackDelivery({ ...parts, feed: messageFeed(options, app) })]
      if (app.callbackEvents)
        deliveries.push(new CallbackDelivery({ ...parts, feed: eventFeed(options, app) }))
      this.#deliveries.set(app.id, deliveries)
    }
  }

  /** Continues where each app's callback left off. */
  async start(): Promise<void> {
    for (const delivery of this.#all()) await delivery.start()
  }

  /** There is something new for the app. */
  wake(app: App): void {
    for (const delivery of this.#deliveries.get(app.id) ?? []) delivery.wake()
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map(delivery => delivery.close()))
    await (await this.#agent)?.destroy()
  }

  #all(): Delivery[] {
    return [...this.#deliveries.values()].flat()
  }

  /** Made, and its library loaded, when there is something to post: a start has no time for it. */
  #open(): Promise<Agent> {
    this.#agent ??= import('undici').then(
      ({ Agent }) => new Agent({ connections: 1, connect: { timeout: 5000 } }),
    )
    return this.#agent
  }
}
