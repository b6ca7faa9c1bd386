import type { Agent } from 'undici'
import type { Clock } from '../base/clock.ts'
import type { Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { App, Apps } from './apps.ts'
import { CallbackDelivery } from './callback-delivery.ts'
import type { Log } from './options.ts'

export interface CallbackOptions {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly log: Log
}

/** Posts what users say to the callback URLs of their apps. */
export class Callbacks {
  readonly #deliveries = new Map<number, CallbackDelivery>()
  #agent: Promise<Agent> | undefined

  constructor(options: CallbackOptions) {
    for (const app of options.apps.all) {
      if (app.callback === undefined) continue
      this.#deliveries.set(app.id, new CallbackDelivery({ ...options, app, agent: () => this.#open() }))
    }
  }

  /** Continues where each app's callback left off. */
  async start(): Promise<void> {
    for (const delivery of this.#deliveries.values()) await delivery.start()
  }

  /** There is something new for the app. */
  wake(app: App): void {
    this.#deliveries.get(app.id)?.wake()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map(delivery => delivery.close()))
    await (await this.#agent)?.destroy()
  }

  /** Made, and its library loaded, when there is something to post: a start has no time for it. */
  #open(): Promise<Agent> {
    this.#agent ??= import('undici').then(
      ({ Agent }) => new Agent({ connections: 1, connect: { timeout: 5000 } }),
    )
    return this.#agent
  }
}
