import { expect, test } from 'vitest'
import { insertTargets, targetsAfter } from '../../src/runtime/bot/broadcast/broadcast-rows.ts'
import { pendingByDedupe } from '../../src/runtime/events/delivery-rows.ts'
import { change } from '../../src/store/index.ts'
import { engine, runtimeStore } from '../engine.ts'

const SIGN = '\uE000'
const ALL = [
  ...['plain', '\0', 'a\0b\0\0c', 'é\0漢字\u{1f600}', '\\u0000', '\\\0', '\\\\u0000\0', '"\0"', "'"],
  ...[SIGN, `${SIGN}0`, `${SIGN}1`, `\0${SIGN}\0${SIGN}0`, '\u0001\u007f\u2028'],
]
// What libsql reads ends before the first NUL.
const TEXTS = engine === 'sqlite' ? ALL.filter(text => !text.includes('\0')) : ALL

test('any text comes back as it was, and is found by itself', async () => {
  const { db, read, write } = await runtimeStore()
  const values = TEXTS.map((text, index) => ({ bot: 'b', plugin: 'p', key: text, value: `${index}${text}` }))
  await write(tx => tx.execute(db.insertInto('state').values(values)))
  const rows = await read.execute(db.selectFrom('state').select(['bot', 'plugin', 'key', 'value']))
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
  expect(rows.sort(byKey)).toEqual(values.sort(byKey))
  for (const { key, value } of values) {
    const found = await read.execute(db.selectFrom('state').select('value').where('key', '=', key))
    expect(found).toEqual([{ value }])
  }
})

test('any text is found, and kept, as one of a list', async () => {
  const store = await runtimeStore()
  const { db, read, write } = store
  const row = { bot: 'b', plugin: 'p', type: 't', conversation: 'c', data: '{}', created_at: 1, partition: 0 }
  const rows = TEXTS.map((dedupe, n) => ({
    ...row,
    event_id: `${n}`,
    dedupe,
    state: 'pending' as const,
    attempts: 0,
  }))
  await write(tx => tx.execute(db.insertInto('deliveries').values(rows)))
  const found = await read.all(pendingByDedupe, { dedupes: JSON.stringify(TEXTS) })
  expect(found.map(({ dedupe }) => dedupe).sort()).toEqual([...TEXTS].sort())
  const targets = JSON.stringify(TEXTS.map(text => ['single', text]))
  await store.apply(change(insertTargets, { broadcast: 'x', first: 0, targets }))
  const kept = await read.all(targetsAfter, { broadcast: 'x', after: -1, limit: 100 })
  expect(kept.map(({ target_id }) => target_id)).toEqual(TEXTS)
})
