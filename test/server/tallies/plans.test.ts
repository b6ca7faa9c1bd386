import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type HistoryPart, histories } from '../../../src/server/queries/history-queries.ts'
import { messagesBetween, newestNumber } from '../../../src/server/queries/news-queries.ts'
import { messagesForTally } from '../../../src/server/queries/statistic-queries.ts'
import type { Store } from '../../../src/store/index.ts'
import type { ImDatabase } from '../../../src/store/schema/im.ts'
import { engine } from '../../engine.ts'
import { messages } from './sent.ts'

/** How a statement is carried out, line by line. */
async function planOf(store: Store<ImDatabase>, compilable: { compile(): { sql: string } }): Promise<string> {
  const compiled = compilable.compile()
  const explain = engine === 'postgres' ? 'explain' : 'explain query plan'
  const rows = await store.read.execute<Record<string, string>>({
    compile: () => ({ ...compiled, sql: `${explain} ${compiled.sql}` }),
  } as never)
  return rows.map(row => row.detail ?? row['QUERY PLAN']).join('\n')
}

/** A store with so many messages that PostgreSQL prefers indexes. */
async function filled(): Promise<Store<ImDatabase>> {
  const { store } = await messages()
  if (engine === 'sqlite') return store
  const fill = sql`
    insert into im_message (msgid, app, sender, target, target_app, target_type, target_id, from_type, from_id, from_name,
      from_platform, msg_type, msg_body)
    select i, i % 5, i % 100, i % 400, 1, 'single', '', 'admin', '', '', 'api', 'text', '{}' from generate_series(1, 50000) as i`
  await store.write(tx => tx.execute({ compile: () => fill.compile(store.db) }))
  await store.write(tx => tx.execute({ compile: () => sql`analyze im_message`.compile(store.db) }))
  return store
}

const FOLLOWS =
  engine === 'postgres'
    ? /Index (Only )?Scan (using|on) im_message_\w+/
    : /SEARCH im_message USING .*INDEX \w+ \((app|sender|target)=\? AND msgid>\? AND msgid<\?\)/
/** Few rows PostgreSQL may well sort. */
const READS_ALL = /TEMP B-TREE|Seq Scan|SCAN im_message/

test.each(Object.entries(histories))('the list of %s follows indexes', async (_, parts) => {
  const store = await filled()
  const range = { id: 1, first: 40_000, last: 41_000 }
  for (const { measure, page } of parts as readonly HistoryPart[])
    for (const statement of [
      measure.build(store.db as never, { ...range, most: 1000 }),
      page.build(store.db as never, { ...range, count: 1000 }),
    ]) {
      const plan = await planOf(store, statement)
      expect(plan).toMatch(FOLLOWS)
      expect(plan).not.toMatch(READS_ALL)
    }
})

test('what statistics read follows an index', async () => {
  const store = await filled()
  const range = { app: 1, first: 40_000, last: 41_000, most: 1000 }
  const plan = await planOf(store, messagesForTally.build(store.db as never, range))
  expect(plan).toMatch(FOLLOWS)
  expect(plan).not.toMatch(READS_ALL)
})

// On SQLite nothing reads them.
test.runIf(engine === 'postgres')('what streams read follows indexes', async () => {
  const store = await filled()
  const stretch = { after: 40_000, upTo: 40_100, count: 200 }
  const reading = [
    messagesBetween.build(store.db as never, stretch),
    newestNumber.build(store.db as never, {}),
  ]
  for (const one of reading) {
    const plan = await planOf(store, one)
    expect(plan).toMatch(/using im_message_pkey/)
    expect(plan).not.toMatch(READS_ALL)
  }
})
