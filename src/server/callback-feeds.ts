import { HISTORY_KEPT_MS, type ImEventRecord, type MessageCallback } from '../protocol/index.ts'
import type { App } from './apps.ts'
import type { CallbackOptions } from './callback.ts'
import { firstMsgidAt, lastMessage } from './message-ids.ts'
import { messageRecord } from './message-record.ts'
import { callbackCursor, messagesFromUsers, setCallbackCursor } from './queries/callback-queries.ts'
import { eventCursor, eventsAfter, lastEvent, setEventCursor } from './queries/event-queries.ts'
import type { MessageRow } from './queries/message-queries.ts'
import { heldLease } from './queries/node-queries.ts'

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

/** Of what one process does at a time: posting what an app is to be told. */
export const dutyName = ({ id }: App): string => `callback ${id}`

/** Notes how far it came, unless another process posts by now. */
async function advance(
  { store, leases }: CallbackOptions,
  app: App,
  statement: typeof setCallbackCursor,
  upTo: number,
): Promise<void> {
  await store.write(async tx => {
    const held = leases && { name: dutyName(app), node: leases.node }
    if (held && !(await tx.first(heldLease, held))) throw new Error('another process posts by now')
    await tx.run(statement, { app: app.id, upTo })
  })
}

/** What the users of an app say. */
export function messageFeed(options: CallbackOptions, app: App): Feed<MessageRow> {
  const { store, clock, apps } = options
  return {
    what: 'messages',
    delivered: async () =>
      (await store.read.first(callbackCursor, { app: app.id }))?.callback_msgid ?? undefined,
    setDelivered: msgid => advance(options, app, setCallbackCursor, msgid),
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
export function eventFeed(options: CallbackOptions, app: App): Feed<EventRow> {
  const { store } = options
  return {
    what: 'events',
    delivered: async () => (await store.read.first(eventCursor, { app: app.id }))?.cursor ?? undefined,
    setDelivered: id => advance(options, app, setEventCursor, id),
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
