import type pg from 'pg'
import { expect, test } from 'vitest'
import * as broadcasts from '../../src/runtime/bot/broadcast/broadcast-rows.ts'
import * as outbox from '../../src/runtime/bot/outbox-store.ts'
import { callsByKeys, eventsByIds } from '../../src/runtime/bot/sent-book-rows.ts'
import * as deliveries from '../../src/runtime/events/delivery-rows.ts'
import * as ended from '../../src/runtime/events/ended-rows.ts'
import * as orders from '../../src/runtime/orders/order-rows.ts'
import { PLAIN_SHELF, storedState } from '../../src/runtime/plugin/state/state-keep.ts'
import * as pruning from '../../src/runtime/pruning-rows.ts'
import { forgetSchedule, keepSchedules } from '../../src/runtime/sources/cron/schedule-rows.ts'
import { Jobs } from '../../src/runtime/sources/jobs.ts'
import { type Change, openStore, type Query, type Store } from '../../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../src/store/schema/runtime.ts'
import { bareDatabase, engine } from '../engine.ts'
import { administer } from '../postgres/start.ts'
import { QuietClock } from '../quiet.ts'
import { captured } from '../runtime/capture.ts'
import { type Asked, asked, key, of, states } from './asked.ts'

const ROWS = 20_000
const id = `lpad(i::text, 8, '0')`
const rows = `from generate_series(1, ${ROWS}) i`

const FILL = `
  insert into deliveries (event_id, bot, plugin, type, conversation, dedupe, data, created_at, state, partition)
    select ${id}, 'b' || i % 4, 'p', 'webhook', 'c' || (i % 50), 'd' || i, '{}', i,
      ${states('pending', 'dead', 'done')}, i % 64 ${rows};
  insert into outbox (key, seq, bot, event_id, endpoint, lane, priority, args, state, created_at, expires_at,
      updated_at, partition)
    select ${id} || '/b/p', ${id}, 'b', case when i % 2 = 0 then ${id} end, 'messages.send', 'l', 'reply', '{}',
      ${states('queued', 'failed', 'sent')}, i, i, i, i % 64 ${rows};
  insert into orders (id, kind, args, created_at, done_at)
    select ${id}, 'k', '{}', i, case when i % 500 > 0 then i end ${rows};
  insert into jobs (id, bot, plugin, name, key, due_at, data) select ${id}, 'b', 'p', 'n', 'k' || i, i, '{}' ${rows};
  insert into state (bot, plugin, key, value) select 'b', 'p', 'k' || i, '1' ${rows};
  insert into schedules (bot, plugin, name, expression, timezone, accounted_at)
    select 'b', 'p', 'n' || i, '* * * * *', 'UTC', i ${rows};
  insert into broadcasts (id, bot, key, shadow, title, message, state, total, created_at, ended_at)
    select ${id}, 'b', 'k' || i, 0, 't', '{}', 'done', 1, i, i ${rows};
  insert into broadcast_targets (broadcast, position, target_type, target_id, state)
    select lpad((i % 10)::text, 8, '0'), i, 'group', '1', case when i % 50 = 0 then 'waiting' else 'sent' end ${rows};
  analyze`

type Statement = readonly [text: string, values: readonly unknown[]]

/** The steps by which a statement is carried out, planned once for all values, as one that runs often is. */
async function planOf(client: pg.ClientBase, [text, values]: Statement): Promise<string> {
  await client.query(`prepare asked as ${text}`)
  try {
    const given = values.map(value => (value === null ? 'null' : `'${String(value).replaceAll("'", "''")}'`))
    const list = given.length === 0 ? '' : `(${given.join(', ')})`
    const { rows } = await client.query(`explain (costs off) execute asked${list}`)
    return rows.map(row => row['QUERY PLAN']).join('\n')
  } finally {
    await client.query('deallocate asked')
  }
}

/** The statements that `work` runs on a store. */
async function statementsOf(
  store: Store<RuntimeTables>,
  work: (store: Store<RuntimeTables>) => Promise<unknown>,
): Promise<Statement[]> {
  const seen: Statement[] = []
  const note = (query: Query<never, unknown>, params: object) => {
    const { sql, parameters } = query.build(store.db as never, params as never).compile() as never as {
      sql: string
      parameters: unknown[]
    }
    seen.push([sql, parameters])
  }
  const noting = <T extends object>(inner: T): T =>
    new Proxy(inner, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          if (name === 'all' || name === 'first' || name === 'run') note(args[0] as never, args[1] as object)
          return method.apply(target, args)
        }
      },
    })
  await work({
    ...store,
    read: noting(store.read),
    write: unit => store.write(tx => unit(noting(tx))),
    apply: (...changes: Change[]) => {
      for (const { query, params } of changes) note(query, params)
      return store.apply(...changes)
    },
  })
  return seen
}

const compiled = (one: Asked, store: Store<RuntimeTables>): Statement => {
  const { sql, parameters } = one.compile(store.db as never)
  return [sql, parameters]
}

test.runIf(engine === 'postgres')(
  'every statement on the way of events finds its rows by an index, however full the tables are',
  async () => {
    const url = await bareDatabase()
    const store = await openStore(runtimeSchema, { url })
    const row = {
      event: 'e',
      bot: 'b',
      plugin: 'p',
      type: 't',
      conversation: 'c',
      dedupe: 'x',
      data: '{}',
      at: 1,
    }
    const delivery = { ...row, state: 'pending', partition: 1 } as const
    const call: outbox.NewRow = {
      ...{
        key: '00000701/b/p',
        seq: 's',
        bot: 'b',
        event: 'e',
        endpoint: 'messages.send',
        lane: 'l',
        args: '{}',
      },
      ...{ priority: 'reply', state: 'queued', attempts: 0, result: null, error: null, createdAt: 1 },
      ...{ expiresAt: 1, at: 1, partition: 1, app: '' },
    }
    const failure = {
      ...key,
      ...({ state: 'pending', attempts: 1, nextAt: 1, error: '', calls: null, endedAt: null } as const),
    }
    const range = { after: '00000100', to: '00000200' }
    const page = { broadcast: '00000003', after: 100, limit: 10 }
    const move = { id: '00000003', from: 'running', to: 'done', endedAt: 1 } as const
    const expected: readonly (readonly [index: string, one: Asked])[] = [
      ...Object.entries(asked).flatMap(([index, all]) => all.map(one => [index, one] as const)),
      ['deliveries_dedupe', of(deliveries.insertDelivery, delivery)],
      ['deliveries_dedupe', of(deliveries.insertAndTell, { ...delivery, news: 'n' })],
      ['deliveries_dedupe|deliveries_key', of(deliveries.insertFurther, delivery)],
      ['deliveries_key', of(deliveries.finishDelivery, { ...key, calls: null, at: 1 })],
      ['deliveries_key', of(deliveries.failDelivery, failure)],
      ['deliveries_key', of(deliveries.keptCalls, key)],
      ['deliveries_key', of(eventsByIds, { ids: '["00000701"]', bot: 'b' })],
      ['deliveries_key', of(deliveries.keptLately, { bot: 'b', from: '00019000', before: 'Z', most: 5000 })],
      ['deliveries_key|deliveries_pending', of(deliveries.pendingByIds, { ids: '["00000500"]' })],
      ['deliveries_key', of(deliveries.lastIds, {})],
      ['deliveries_key', of(ended.deliveryByKey, key)],
      ['deliveries_key', of(ended.deliveriesOfEvent, key)],
      ['deliveries_key', of(ended.reopenDelivery, key)],
      ['deliveries_key|deliveries_dead', of(ended.dropDelivery, { ...key, at: 1 })],
      ['deliveries_key', of(pruning.eventAhead, { ...range, count: 50 })],
      ['deliveries_key', of(pruning.eventBack, { before: '00004000', count: 50 })],
      ['deliveries_key', of(pruning.handled.events, range)],
      ['deliveries_key', of(pruning.dead.events, range)],
      ['outbox_event', of(pruning.handled.calls, { ...range, before: 1 })],
      ['outbox_event', of(pruning.dead.calls, { ...range, before: 1 })],
      ['outbox_pkey', of(outbox.noteCall, call)],
      ['outbox_pkey', of(callsByKeys, { keys: '["00000701/b/p"]' })],
      ['outbox_pkey', of(outbox.callByKey, { key: '00000701/b/p' })],
      ['outbox_pkey', of(outbox.callsOfEvent, { from: '00000701/', to: '007000010', bot: 'b' })],
      ['outbox_pkey', of(outbox.dropCall, { key: 'k', at: 1 })],
      [
        'outbox_pkey',
        of(outbox.takeUpAgain, { key: 'k', from: 'failed', to: 'queued', expiresAt: 1, at: 1 }),
      ],
      ['orders_pkey', of(orders.orderById, { id: '00000500' })],
      ['orders_pkey', of(orders.finishOrder, { id: '00000500', at: 1, result: '' })],
      ['broadcasts_pkey', of(broadcasts.broadcastById, { id: '00000003' })],
      ['broadcasts_key_key', of(broadcasts.broadcastByKey, { key: 'k' })],
      ['broadcasts_pkey', of(broadcasts.latestBroadcasts, { limit: 10 })],
      ['broadcasts_pkey', of(broadcasts.moveBroadcast, move)],
      ['broadcasts_pkey', of(broadcasts.endBroadcast, move)],
      ['broadcast_targets_key', of(broadcasts.targetsAfter, page)],
      [
        'broadcast_targets_state|broadcast_targets_key',
        of(broadcasts.targetsIn, { ...page, state: 'waiting' }),
      ],
      [
        'broadcast_targets_key',
        of(broadcasts.noteTarget, {
          ...{ broadcast: '00000003', position: 3, state: 'sent', msgId: 1, sentAt: 1, error: null },
        }),
      ],
      [
        'broadcast_targets_state',
        of(broadcasts.leaveTargets, { broadcast: '00000003', but: '[]', limit: 10 }),
      ],
      ['schedules_key', of(forgetSchedule, { bot: 'b', plugin: 'p', name: 'n1' })],
    ]
    await administer(url, async client => {
      await client.query(FILL)
      await client.query('set plan_cache_mode = force_generic_plan')
      for (const [index, one] of expected) {
        const statement = compiled(one, store)
        const plan = await planOf(client, statement)
        expect
          .soft([statement[0], plan])
          .toEqual([statement[0], expect.stringMatching(new RegExp(`\\b(${index})\\b`))])
        expect.soft([statement[0], plan]).toEqual([statement[0], expect.not.stringContaining('Seq Scan')])
      }
      const done = await statementsOf(store, async noted => {
        const clock = new QuietClock()
        const journal = { accept: async () => [] } as never
        const jobs = new Jobs({ store: noted, journal, clock, log: captured(), makeId: () => 'x' })
        const job = { bot: 'b', plugin: 'p', name: 'n', key: 'new' }
        await jobs.schedule({ ...job, dueAt: clock.now() + 1000, data: null })
        await jobs.waits(job)
        await jobs.cancel(job)
        const owner = { bot: 'b', plugin: 'p' }
        const state = storedState({ store: noted, clock, owner, shared: owner })
        await state.write(PLAIN_SHELF, 'k1', '2')
        await state.change(PLAIN_SHELF, 'k1', () => '3', { once: 'e', ttlMs: 1 })
        await state.list(PLAIN_SHELF, { by: 'key', after: 'k1', limit: 10 })
        await state.remove(PLAIN_SHELF, 'k1')
        await noted.write(outbox.keepCall(call))
        await noted.write(outbox.keepCall({ ...call, key: 'none' }))
        await noted.apply(keepSchedules([['b', 'p', 'n1', '* * * * *', 'UTC', 1, null]]))
      })
      expect(done.length).toBeGreaterThan(10)
      for (const statement of done) {
        const plan = await planOf(client, statement)
        expect.soft([statement[0], plan]).toEqual([statement[0], expect.stringMatching(/_(pkey|key|due)\b/)])
        expect.soft([statement[0], plan]).toEqual([statement[0], expect.not.stringContaining('Seq Scan')])
      }
    })
    await store.close()
  },
)
