import type { CompiledQuery, Kysely } from 'kysely'
import { openCalls, openKeys } from '../../src/runtime/bot/outbox-store.ts'
import { sentLately, waitingLately } from '../../src/runtime/bot/sent-book-rows.ts'
import * as deliveries from '../../src/runtime/events/delivery-rows.ts'
import * as ended from '../../src/runtime/events/ended-rows.ts'
import * as pages from '../../src/runtime/events/pages.ts'
import * as expired from '../../src/runtime/expired-rows.ts'
import { openOrders } from '../../src/runtime/orders/order-rows.ts'
import * as pruning from '../../src/runtime/pruning-rows.ts'
import { pausedSchedules } from '../../src/runtime/sources/cron/schedule-rows.ts'
import type { Query } from '../../src/store/index.ts'

/** By far the most rows are over; a few wait, or failed. */
export const states = (waiting: string, failed: string, over: string) =>
  `case when i % 500 = 0 then '${waiting}' when i % 701 = 0 then '${failed}' else '${over}' end`

/** A statement with values that it is run with. */
export interface Asked {
  compile(db: Kysely<never>): CompiledQuery
}

const range = { bot: 'b', plugin: 'p', after: '00000001', upTo: '00004000', limit: 10, parts: '[0]' }
const lane = { lane: 'l', bot: 'b', most: 5000 }
const back = { before: '00004000', count: 5 }
export const key = { event: '00000701', bot: 'b', plugin: 'p' }

export const of = <P extends object>(query: Query<P, unknown>, params: P): Asked => ({
  compile: (db: Kysely<never>) => query.build(db, params).compile(),
})

/** What asks for the rows of an index, by index. */
export const asked: Readonly<Record<string, readonly Asked[]>> = {
  deliveries_pending: [
    of(deliveries.pendingDeliveries, { limit: 10 }),
    of(pages.rowsOfPlugin, range),
    of(pages.rowsOfConversation, { ...range, conversation: 'c1' }),
    of(pages.sizesOfPlugin, range),
    of(pages.sizesOfConversation, { ...range, conversation: 'c1' }),
    of(deliveries.countPending, { parts: '[0]' }),
  ],
  deliveries_dead: [of(ended.deadDeliveries, {}), of(pruning.deadBack, back)],
  deliveries_dedupe: [
    of(deliveries.eventByDedupe, { dedupe: 'd1' }),
    of(deliveries.eventByDedupeRange, { from: 'd1', to: 'd2' }),
    of(deliveries.pendingByDedupe, { dedupes: '["d1"]' }),
    of(ended.markReplay, { dedupe: 'd1', of: '00000001' }),
  ],
  outbox_open: [
    of(openCalls, { parts: '[0]' }),
    of(openKeys, { parts: '[0]' }),
    of(deliveries.lastIds, {}),
    of(waitingLately, lane),
  ],
  outbox_dead: [of(ended.deadCalls, {}), of(pruning.deleteDeadCalls, { before: 4000, limit: 10 })],
  outbox_ended: [
    of(pruning.deleteEndedCalls, { before: 4000, limit: 10 }),
    of(sentLately, { ...lane, since: 19_000 }),
  ],
  orders_open: [of(openOrders, { limit: 10 })],
  schedules_paused: [of(pausedSchedules, {})],
  state_expiring: [
    of(expired.expiredAhead, { now: 4000, count: 5 }),
    of(expired.deleteExpired, { until: 4000 }),
  ],
}
