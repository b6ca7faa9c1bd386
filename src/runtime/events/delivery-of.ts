import type { DeliveryTable } from '../../store/schema/runtime.ts'
import type { Failure } from './delivery-rows.ts'
import type { Delivery, HeldDelivery, MadeCall, Recipient } from './event.ts'
import type { Arrival } from './new-rows.ts'

export type DeliveryRow = Pick<
  DeliveryTable,
  | 'event_id'
  | 'bot'
  | 'plugin'
  | 'type'
  | 'conversation'
  | 'data'
  | 'created_at'
  | 'attempts'
  | 'calls'
  | 'partition'
>

/** The delivery that a row holds. */
export const deliveryOf = (row: DeliveryRow, recovered: boolean): HeldDelivery => ({
  event: {
    id: row.event_id,
    type: row.type,
    conversation: row.conversation,
    data: JSON.parse(row.data),
    createdAt: row.created_at,
  },
  size: row.data.length,
  bot: row.bot,
  plugin: row.plugin,
  attempts: row.attempts,
  again: row.attempts > 0,
  recovered,
  calls: readCalls(row.calls),
  unwritten: undefined,
  partition: row.partition,
})

/** The delivery of an event that was accepted just now. */
export const newDelivery = (
  { event, text, partition }: Arrival,
  { bot, plugin }: Recipient,
): HeldDelivery => ({
  event,
  size: text.length,
  bot,
  plugin,
  attempts: 0,
  again: false,
  recovered: false,
  calls: [],
  unwritten: undefined,
  partition,
})

export const writeCalls = (calls: readonly MadeCall[]): string | null =>
  calls.length === 0 ? null : JSON.stringify(calls)

export const readCalls = (calls: string | null): MadeCall[] => (calls === null ? [] : JSON.parse(calls))

/** Longest error text that is kept of a delivery. */
const ERROR_CHARS = 4000

/** How it is noted that an attempt failed: to be made again at `nextAt`, or, without it, set aside. Times in epoch ms. */
export const failureOf = (
  { event, bot, plugin, attempts, calls }: Delivery,
  error: Error,
  nextAt: number | undefined,
  now: number,
): Failure => ({
  event: event.id,
  bot,
  plugin,
  state: nextAt === undefined ? 'dead' : 'pending',
  attempts,
  nextAt: nextAt ?? null,
  error: (error.stack ?? String(error)).slice(0, ERROR_CHARS),
  calls: writeCalls(calls),
  endedAt: nextAt === undefined ? now : null,
})
