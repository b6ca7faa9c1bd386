import { type Cancel, systemClock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { type Change, change, type Store } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import { deleteNewsOlder } from '../queries/news-queries.ts'
import {
  deleteDeadNodes,
  deleteDeadOnline,
  deleteNode,
  deleteOnline,
  deleteOnlineAt,
  insertNode,
  insertOnline,
  nodeSeen,
  platformsOnline,
} from '../queries/node-queries.ts'
import type { Presence } from '../sandbox/presence.ts'

/** So often a process says that it lives. */
const BEAT_MS = 1500
/** One that was not heard of for so long is taken for dead. */
const DEAD_MS = 6000
/** What a dead one left is cleared away after this, and news that everybody has been told of. */
const CLEAR_MS = 600_000
/** Beats between clearings. */
const CLEAR_EVERY = 40

/** This process among those that share a database: it says that it lives, and who is connected to it. */
export class ThisProcess implements Presence {
  readonly id: number
  readonly #store: Store<ImDatabase>
  readonly #log: Log
  #beats = 0
  #stop: Cancel | undefined
  #closed = false

  private constructor(id: number, store: Store<ImDatabase>, log: Log) {
    this.id = id
    this.#store = store
    this.#log = log
    this.#next()
  }

  static async enter(store: Store<ImDatabase>, log: Log): Promise<ThisProcess> {
    const [row] = await store.ask(insertNode, {})
    return new ThisProcess(Number(row!.id), store, log)
  }

  async opened(user: number, platform: string): Promise<void> {
    await this.#store.apply(change(insertOnline, { node: this.id, user, platform }))
  }

  closed(user: number, platform: string): Change[] {
    return [change(deleteOnline, { node: this.id, user, platform })]
  }

  async platformsOf(user: number): Promise<ReadonlySet<string>> {
    const rows = await this.#store.read.all(platformsOnline, { user, ageMs: DEAD_MS })
    return new Set(rows.map(({ platform }) => platform))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stop?.()
    const gone = [change(deleteOnlineAt, { node: this.id }), change(deleteNode, { id: this.id })]
    await this.#store.apply(...gone).catch(() => {})
  }

  #next(): void {
    this.#stop = systemClock.after(BEAT_MS, () => void this.#beat())
  }

  async #beat(): Promise<void> {
    const changes = [change(nodeSeen, { id: this.id })]
    if (++this.#beats % CLEAR_EVERY === 0)
      changes.push(
        change(deleteDeadNodes, { ageMs: CLEAR_MS }),
        change(deleteDeadOnline, {}),
        change(deleteNewsOlder, { ageMs: CLEAR_MS }),
      )
    await this.#store.apply(...changes).catch(reason => {
      this.#log.debug(
        { reason: asError(reason).message },
        'other processes cannot be told that this one lives',
      )
    })
    if (!this.#closed) this.#next()
  }
}
