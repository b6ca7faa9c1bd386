import { type Client, createClient, type Transport } from '../../src/client/index.ts'
import { Runtime } from '../../src/runtime/runtime.ts'
import { type Change, type Store, StoreError } from '../../src/store/index.ts'
import type { RuntimeTables } from '../../src/store/schema/runtime.ts'
import type { captured } from '../runtime/capture.ts'
import { type Memory, townPlugin } from './plugin.ts'
import { type Time, TimeOfProcess } from './time.ts'

/** Messages that no callback brings are found within so long. */
const POLL_EVERY_MS = 30_000

/** What all processes of a simulation share. */
export interface Surroundings {
  readonly app: { readonly appKey: string; readonly masterSecret: string }
  readonly time: Time
  readonly store: Store<RuntimeTables>
  readonly transport: Transport
  readonly memory: Memory
  readonly log: ReturnType<typeof captured>
  /** Until when the store refuses. */
  refusesUntil: number
}

/** A runtime that can die at each point at which it deals with the disk or JMessage. */
export class Process {
  readonly runtime: Runtime
  readonly clock: TimeOfProcess
  isReady = false
  isDead = false
  /** It could not start. */
  failure: Error | undefined
  readonly #around: Surroundings
  #pointsLeft = Number.POSITIVE_INFINITY

  constructor(around: Surroundings) {
    this.#around = around
    this.clock = new TimeOfProcess(around.time)
    const definition = townPlugin(around.memory)
    this.runtime = new Runtime({
      apps: [{ name: 'main', ...around.app, client: this.#client(), pollEveryMs: POLL_EVERY_MS }],
      store: this.#store(),
      bots: [{ id: 'bot', username: 'test-bot', plugins: [{ name: 'town', definition, config: {} }] }],
      baseDir: '.',
      log: around.log,
      clock: this.clock,
    })
    this.runtime.start().then(
      () => {
        this.isReady = !this.isDead
      },
      (error: Error) => {
        this.failure = error
        this.die()
      },
    )
  }

  /** Dies at the n-th of the points to come. */
  dieAt(points: number): void {
    this.#pointsLeft = points
  }

  die(): void {
    this.isDead = true
    this.isReady = false
    this.clock.die()
  }

  #point(): void {
    this.#around.time.stir()
    if (--this.#pointsLeft === 0) this.die()
  }

  /** What is done between two points; a dead process neither begins it nor learns what came of it. */
  async #between<T>(work: () => Promise<T>): Promise<T> {
    this.#point()
    if (this.isDead) return never()
    try {
      return await work()
    } finally {
      this.#point()
      if (this.isDead) await never()
    }
  }

  #store(): Store<RuntimeTables> {
    const { store, time } = this.#around
    const refusing =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        this.#between(() => {
          if (time.now() < this.#around.refusesUntil)
            return Promise.reject(new StoreError('store.full', 'database: it is full'))
          return work(...args)
        })
    const living =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        this.isDead ? never() : work(...args)
    const { read } = store
    return Object.assign(Object.create(store), {
      write: refusing(store.write.bind(store)),
      apply: refusing((...changes: Change[]) => store.apply(...changes)),
      read: {
        all: living(read.all.bind(read)),
        first: living(read.first.bind(read)),
        execute: living(read.execute.bind(read)),
      },
    })
  }

  #client(): Client {
    const { app, transport } = this.#around
    return createClient({
      endpoint: 'http://town',
      quota: 'auto',
      ...app,
      clock: this.clock,
      transport: {
        close: transport.close,
        send: request => this.#between(() => transport.send(request)),
      },
    })
  }
}

/** Made anew each time: one that all wait for would keep them all in memory. */
const never = (): Promise<never> => new Promise(() => {})
