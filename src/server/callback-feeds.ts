import { HISTORY_KEPT_MS, type ImEventRecord, type MessageCallback } from '../protocol/index.ts'
import type { App } from './apps.ts'
import type { CallbackOptions } from './callback.ts'
import { firstMsgidAt, lastMessage } from './message-ids.ts'
import { messageRecord } from './message-record.ts'
import { callbackCursor, messagesFromUsers, setCallbackCursor } from './queries/callback-queries.ts'
import { eventCursor, eventsAfter, lastEvent, setEventCursor } from './queries/event-queries.ts'
import type { MessageRow } from './queries/message-queries.ts'

/** What is posted to an app's callback, in the order of rising numbers. */
export interface Feed<Row> {
  /** For the log. */
  readonly what: string
  /** Up to where it was delivered, as the store has it; undefined when it never was. */
  delivered(): Promise<number | undefined>
  setDelivered(upTo: number): Promise<void>
  /** The newest there is. */
  newest(): Promise<number>
  after(number: number, count: number): Promise<readonly Row[]>
  numberOf(row: Row): number
  body(rows: readonly Row[]): MessageCallback
}

/** What the users of an app say. */
export function messageFeed({ store, clock, apps }: CallbackOptions, app: App): Feed<MessageRow> {
  return {
    what: 'messages',
    delivered: async () =>
      (await store.read.first(callbackCursor, { app: app.id }))?.callback_msgid ?? undefined,
    async setDelivered(msgid) {
      await store.write(tx => tx.run(setCallbackCursor, { app: app.id, msgid }))
    },
    newest: async () => (await store.read.first(lastMessage, {}))?.msgid ?? 0,
    after: (msgid, count) => {
      const kept = firstMsgidAt(clock.now() - HISTORY_KEPT_MS) - 1
      return store.read.all(messagesFromUsers, { app: app.id, after: Math.max(msgid, kept), count })
    },
    numberOf: ({ msgid }) => msgid,
    body: rows => ({ total: rows.length, messages: rows.map(row => messageRecord(apps, row)) }),
  }
}

interface EventRow {
  readonly id: number
  readonly event: string
}

/** What happens to the groups and users of an app: an extension, JMessage's callback has messages only. */
export function eventFeed({ store }: CallbackOptions, app: App): Feed<EventRow> {
  return {
    what: 'events',
    delivered: async () => (await store.read.first(eventCursor, { app: app.id }))?.cursor ?? undefined,
    async setDelivered(cursor) {
      await store.write(tx => tx.run(setEventCursor, { app: app.id, cursor }))
    },
    newest: async () => (await store.read.first(lastEvent, {}))?.id ?? 0,
    after: (id, count) => store.read.all(eventsAfter, { app: app.id, after: id, count }),
    numberOf: ({ id }) => id,
    body: rows => ({
      total: 0,
      messages: [],
      events: rows.map(({ id, event }) => ({ event_id: id, ...JSON.parse(event) }) as ImEventRecord),
    }),
  }
}
