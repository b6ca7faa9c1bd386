import type { Cancel } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Store, Transaction } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import type { MessageRow } from '../queries/message-queries.ts'
import { insertNews, messagesBetween, newestNumber, newsBetween, notifyAll } from '../queries/news-queries.ts'
import type { Inboxes, Source } from '../sandbox/inboxes.ts'
import { deliver, type News, type NewsDesk } from './news.ts'

/** What is read at once of either. */
const AT_ONCE = 200
/** So often it is looked, in ms, though nobody said that there is something: notifications may be lost. */
const LOOK_MS = 1000

interface Item {
  readonly at: number
  readonly row?: MessageRow
  readonly news?: News
}

/**
 * Tells the streams of this process what is stored by any process, in the order of its numbers. These are given out and
 * committed in turns (see {@link Schema.turns}): what is read is all there will ever be up to the newest of it.
 */
export class NewsFeed implements NewsDesk, Source {
  readonly #store: Store<ImDatabase>
  readonly #inboxes: Inboxes
  readonly #log: Log
  /** Up to which number the streams were told; undefined while there are none. */
  #position: number | undefined
  #running: Promise<void> | undefined
  #again = false
  #closed = false
  #stopLooking: Cancel | undefined

  constructor(options: { store: Store<ImDatabase>; inboxes: Inboxes; log: Log }) {
    this.#store = options.store
    this.#inboxes = options.inboxes
    this.#log = options.log
    this.#look()
  }

  async note(tx: Transaction, news: readonly News[], app?: number): Promise<void> {
    for (const one of news) await tx.run(insertNews, { news: JSON.stringify(one) })
    await tx.run(notifyAll, { payload: app === undefined ? '' : String(app) })
  }

  async committed(news: readonly News[]): Promise<void> {
    const told = this.wake()
    if (news.some(one => 'ended' in one)) await told
  }

  stored(): void {
    void this.wake()
  }

  async begin(): Promise<number> {
    const newest = await this.#newest()
    this.#position ??= newest
    return newest
  }

  end(): void {
    this.#position = undefined
  }

  /** There may be something new. Resolves once what there was is told; never rejects. */
  async wake(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run()
    await this.#running
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopLooking?.()
    await this.#running
  }

  async #run(): Promise<void> {
    // Whoever wakes it has more to do first.
    await Promise.resolve()
    while (this.#again && !this.#closed) {
      this.#again = false
      try {
        while (await this.#next());
      } catch (reason) {
        this.#log.warn({ err: asError(reason) }, 'news cannot be read: streams wait')
        break
      }
    }
    this.#running = undefined
  }

  /** Tells some of what is new; false when that was all. */
  async #next(): Promise<boolean> {
    const after = this.#position
    if (after === undefined || this.#closed) return false
    const newest = await this.#newest()
    if (newest <= after) return false
    const stretch = { after, upTo: newest, count: AT_ONCE }
    const [rows, news] = await Promise.all([
      this.#store.read.all(messagesBetween, stretch),
      this.#store.read.all(newsBetween, stretch),
    ])
    // Where one list is cut short, what the other has beyond waits.
    const upTo = Math.min(
      rows.length < AT_ONCE ? newest : rows.at(-1)!.msgid,
      news.length < AT_ONCE ? newest : news.at(-1)!.position,
    )
    const items: Item[] = [
      ...rows.map(row => ({ at: row.msgid, row })),
      ...news.map(one => ({ at: one.position, news: JSON.parse(one.news) as News })),
    ]
    items.sort((a, b) => a.at - b.at)
    for (const { at, row, news } of items) {
      if (at > upTo) break
      if (row) this.#inboxes.deliver(row)
      else if (news) await deliver(this.#inboxes, news, at)
    }
    // Unless nobody listens any more.
    if (this.#position === after) this.#position = upTo
    await this.#inboxes.settled()
    return true
  }

  async #newest(): Promise<number> {
    const newest = await this.#store.read.first(newestNumber, {})
    return Math.max(newest?.msgid ?? 0, newest?.position ?? 0)
  }

  #look(): void {
    this.#stopLooking = systemClock.after(LOOK_MS, () => {
      if (this.#closed) return
      if (this.#inboxes.isWatched) void this.wake()
      this.#look()
    })
  }
}
