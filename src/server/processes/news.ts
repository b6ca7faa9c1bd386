import type { Transaction } from '../../store/index.ts'
import type { Audience, ImEvent } from '../events/im-event.ts'
import type { Platform } from '../sandbox/inbox.ts'
import type { Inboxes } from '../sandbox/inboxes.ts'

/** What streams are told, beside messages; in the order in which it happened. */
export type News =
  | { readonly audience: Audience; readonly event: ImEvent }
  /** Users, by their ids, have entered a chat room. */
  | { readonly entered: { readonly room: number; readonly users: readonly number[] } }
  /** A user is logged out, on one platform or on all. */
  | { readonly ended: { readonly user: number; readonly platform?: Platform } }

/** The way from what happens to the streams of those who are connected, to whatever process. */
export interface NewsDesk {
  /**
   * Notes, in the transaction in which it happens, what streams are to be told.
   *
   * @param app  whose callback has something new
   */
  note(tx: Transaction, news: readonly News[], app?: number): Promise<void>
  /** What was noted is committed. Resolves once streams of this process that end have ended. */
  committed(news: readonly News[]): Promise<void>
  /** A message was stored. */
  stored(app: number, msgid: number): void
  close(): Promise<void>
}

/** Streams hear of it from the one process there is. */
export const newsOfOneProcess = (inboxes: Inboxes): NewsDesk => ({
  note: async () => {},
  async committed(news) {
    for (const one of news) await deliver(inboxes, one)
  },
  stored: (app, msgid) => inboxes.message(app, msgid),
  close: async () => {},
})

/**
 * Tells the streams of this process. Resolves once streams that end have ended.
 *
 * @param at  its number, where it may be told late
 */
export async function deliver(inboxes: Inboxes, news: News, at?: number): Promise<void> {
  if ('event' in news) inboxes.event(news.audience, news.event, at)
  else if ('entered' in news) inboxes.entered(news.entered.room, news.entered.users)
  else await inboxes.drop(news.ended.user, news.ended.platform)
}
