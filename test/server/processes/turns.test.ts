import { expect, onTestFinished, test } from 'vitest'
import { change, openStore, query } from '../../../src/store/index.ts'
import { type ImDatabase, imSchema } from '../../../src/store/schema/im.ts'
import { database } from '../../engine.ts'
import { administer } from '../../postgres/start.ts'

const q = query<ImDatabase>()
const read = q((db, p: { name: string }) =>
  db.selectFrom('im_setting').select('value').where('name', '=', p.name),
)
const write = q((db, p: { name: string; value: number }) =>
  db
    .insertInto('im_setting')
    .values({ name: p.name, value: p.value })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ value: p.value }))
    .returning('value'),
)

const open = async (url: string) => {
  const store = await openStore(imSchema, { url })
  onTestFinished(() => store.close())
  return store
}

test('what one process reads and then writes no other changes in between, and nothing is run again', async () => {
  const url = await database()
  const stores = [await open(url), await open(url)]
  let runs = 0
  const count = (i: number) =>
    stores[i % 2]!.write(async tx => {
      runs++
      const value = (await tx.first(read, { name: 'count' }))?.value ?? 0
      await tx.run(write, { name: 'count', value: value + 1 })
    })
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 20 }, (_, i) => count(i)))
  expect(await stores[0]!.read.first(read, { name: 'count' })).toEqual({ value: 200 })
  expect(runs).toBe(200)
})

test('a statement answers with rows, and shares a commit with others', async () => {
  const store = await open(await database())
  const [asked, [changed], failed] = await Promise.all([
    store.ask(write, { name: 'a', value: 7 }),
    store.apply(change(write, { name: 'b', value: 8 })),
    store.ask(write, { name: 'c', value: null as never }).catch(error => error),
  ])
  expect([asked, changed]).toEqual([[{ value: 7 }], 1])
  expect(failed.message).toContain('null value')
})

test('a process that goes silent in its turn loses it, and the others go on', async () => {
  const url = await database()
  const store = await open(url)
  await administer(url, async client => {
    client.on('error', () => {})
    await client.query("set idle_in_transaction_session_timeout = '1s'")
    await client.query('begin')
    await client.query('lock table im_turn in exclusive mode')
    expect(await store.ask(write, { name: 'a', value: 1 })).toEqual([{ value: 1 }])
  }).catch(() => {})
  expect(await store.read.first(read, { name: 'a' })).toEqual({ value: 1 })
})
