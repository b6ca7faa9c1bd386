import type { Clock } from '../../base/clock.ts'
import { HISTORY_KEPT_MS } from '../../protocol/index.ts'
import type { Store, Transaction } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import type { App } from '../apps.ts'
import type { Callbacks } from '../callback.ts'
import type { News, NewsDesk } from '../processes/news.ts'
import { deleteEventsBefore, insertEvent } from '../queries/event-queries.ts'
import type { Audience, ImEvent } from './im-event.ts'

/** Says that something happened, and who is told. */
export type Tell = (audience: Audience, event: ImEvent) => void

/** Says that a user is logged out everywhere: its streams end, after what was told before. */
export type End = (user: number) => void

/** Changes something, and notes in the same transaction what members and users are told of it. */
export type Act = <T>(app: App, work: (tx: Transaction, tell: Tell, end: End) => Promise<T>) => Promise<T>

export interface ActOptions {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly news: NewsDesk
  readonly callbacks: Callbacks
}

/** So many old events go when one comes: more than come, so that they all go in time. */
const SWEEP = 3

/** Those who are online hear of it once it is on disk. */
export function acting({ store, clock, news, callbacks }: ActOptions): Act {
  return async (app, work) => {
    let told: { audience: Audience; event: ImEvent }[] = []
    let all: News[] = []
    const result = await store.write(async tx => {
      // The work may be run again from the start.
      told = []
      const ended: News[] = []
      const done = await work(
        tx,
        (audience, event) => told.push({ audience, event }),
        user => ended.push({ ended: { user } }),
      )
      for (const { audience, event } of told) {
        const { usernames } = audience
        const about = audience.gid === undefined && usernames ? { ...event, usernames } : event
        await tx.run(insertEvent, { app: app.id, ctime: event.ctime, event: JSON.stringify(about) })
        await tx.run(deleteEventsBefore, { before: clock.now() - HISTORY_KEPT_MS, most: SWEEP })
      }
      all = [...told, ...ended]
      if (all.length > 0) await news.note(tx, all, app.id)
      return done
    })
    await news.committed(all)
    if (told.length > 0) callbacks.wake(app)
    return result
  }
}
