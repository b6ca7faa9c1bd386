import { type Compilable, type CompiledQuery, sql } from 'kysely'
import { expect, test } from 'vitest'
import { Figures } from '../../src/app/figures.ts'
import * as ended from '../../src/runtime/events/ended-rows.ts'
import { listDeliveries } from '../../src/runtime/events/queries.ts'
import { messagesFromUsers } from '../../src/server/queries/callback-queries.ts'
import { openStore, type Schema, type Store } from '../../src/store/index.ts'
import { imSchema } from '../../src/store/schema/im.ts'
import { runtimeSchema } from '../../src/store/schema/runtime.ts'
import { asked, key, of, states } from './asked.ts'
import { file, keep } from './things.ts'

type AnyStore = Store<never>

const ROWS = 5000
const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})`
const FILL = {
  runtime: [
    `${numbers} insert into deliveries (event_id, bot, plugin, type, conversation, dedupe, data, created_at, state)
      select printf('%08d', i), 'b', 'p', 'webhook', 'c' || (i % 50), 'd' || i, '{}', i,
        ${states('pending', 'dead', 'done')} from n`,
    `${numbers} insert into outbox (key, seq, bot, event_id, endpoint, lane, priority, args, state, created_at,
        expires_at, updated_at)
      select 'k' || i, printf('%08d', i), 'b', iif(i % 2, null, printf('%08d', i)), 'messages.send', 'l', 'reply',
        '{}', ${states('queued', 'failed', 'sent')}, i, i, i from n`,
    `${numbers} insert into orders (id, kind, args, created_at, done_at)
      select printf('%08d', i), 'k', '{}', i, iif(i % 500, i, null) from n`,
    `${numbers} insert into schedules (bot, plugin, name, expression, timezone, accounted_at, paused_at)
      select 'b', 'p', 's' || i, '@daily', 'UTC', i, iif(i % 500, null, i) from n`,
    `${numbers} insert into state (bot, plugin, key, value, expires_at)
      select 'b', 'p', 'k' || i, '0', iif(i % 500, null, i) from n`,
  ],
  im: [
    `${numbers} insert into im_message (msgid, app, sender, target, target_app, target_type, target_id, from_type,
        from_id, from_name, from_platform, msg_type, msg_body)
      select i, 1, 1, 1, 1, 'single', 'u', iif(i % 500, 'admin', 'user'), 'a', 'a', 'api', 'text', '{}' from n`,
  ],
}

async function filled<DB>(schema: Schema<DB>, statements: readonly string[]): Promise<AnyStore> {
  const store = (await openStore(schema, { url: file() })) as unknown as AnyStore
  keep(store as never)
  await store.write(async tx => {
    for (const text of statements) await tx.execute(raw(store, text))
  })
  return store
}

const raw = <R>(store: AnyStore, text: string): Compilable<R> => ({
  compile: () => sql.raw<R>(text).compile(store.db),
})

/** How a statement goes about it, with the values that it is run with. */
async function planOf(store: AnyStore, statement: CompiledQuery): Promise<string> {
  const explained = { ...statement, sql: `explain query plan ${statement.sql}` } as CompiledQuery<{
    detail: string
  }>
  const steps = await store.read.execute({ compile: () => explained })
  return steps.map(({ detail }) => detail).join('; ')
}

const uses = (index: string) => expect.stringMatching(new RegExp(`USING (COVERING )?INDEX ${index}\\b`))

const STATES = ['pending', 'dead', 'queued', 'sending', 'doubtful', 'failed', 'unsure', 'sent']

test('what asks for the few rows of a partial index finds them by it', async () => {
  const store = await filled(runtimeSchema, FILL.runtime)
  for (const [index, queries] of Object.entries(asked)) {
    for (const { compile } of queries) {
      const statement = compile(store.db)
      expect([statement.sql, await planOf(store, statement)]).toEqual([statement.sql, uses(index)])
      // By a state that is bound SQLite would plan anew at each run.
      expect([statement.sql, statement.parameters.filter(value => STATES.includes(String(value)))]).toEqual([
        statement.sql,
        [],
      ])
    }
  }
})

test('every partial index is asked for', async () => {
  const store = await filled(runtimeSchema, [])
  const partial = raw<{ name: string }>(
    store,
    "select name from sqlite_master where type = 'index' and sql like '%where%' order by name",
  )
  const names = (await store.read.execute(partial)).map(({ name }) => name)
  expect(names).toEqual(Object.keys(asked).sort())
})

test('what changes one delivery or call goes by its key', async () => {
  const store = await filled(runtimeSchema, FILL.runtime)
  const plan = await planOf(store, of(ended.dropDelivery, { ...key, at: 1 }).compile(store.db))
  expect(plan).toEqual(uses('sqlite_autoindex_deliveries_1'))
})

/** Plans of what a reader of the store has executed. */
async function plansOf(store: AnyStore, reads: (store: never) => Promise<unknown>): Promise<string[]> {
  const statements: CompiledQuery[] = []
  const execute = async (statement: Compilable<unknown>) => {
    statements.push(statement.compile())
    return []
  }
  await reads({ db: store.db, read: { execute } } as never)
  return Promise.all(statements.map(statement => planOf(store, statement)))
}

test('lists of events in a state, and figures of what failed, find them by their index', async () => {
  const store = await filled(runtimeSchema, FILL.runtime)
  const listed = await plansOf(store, asking => listDeliveries(asking, { state: 'dead', limit: 10 }))
  expect(listed).toEqual([uses('deliveries_dead')])
  const main = { database: ':memory:', limits: { pending: 1 } }
  const counted = await plansOf(store, asking =>
    new Figures({ store: asking, main, runtime: {} } as never).dead(),
  )
  expect(counted).toEqual([uses('deliveries_dead'), uses('outbox_dead')])
})

test('the messages of users are found among those of admins by their index', async () => {
  const store = await filled(imSchema, FILL.im)
  const statement = of(messagesFromUsers, { app: 1, after: 0, count: 10 }).compile(store.db)
  expect(await planOf(store, statement)).toEqual(uses('im_message_of_users'))
})
