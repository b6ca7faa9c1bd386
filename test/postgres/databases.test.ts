import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { runtimeStore } from '../engine.ts'

test('a store that is handed on is as a new one', async () => {
  const first = await runtimeStore()
  const { db } = first
  const count = (table: 'partitions' | 'cursors') =>
    db.selectFrom(table).select(sql<number>`count(*)`.as('count'))
  const [before] = await first.read.execute(count('partitions'))
  await first.write(async tx => {
    await tx.execute(db.insertInto('cursors').values({ name: 'x', value: 1 }))
    await tx.execute(db.updateTable('partitions').set({ owner: 'somebody' }).where('number', '<', 3))
    await tx.execute(db.deleteFrom('partitions').where('number', '>', 60))
  })
  await first.close()
  const second = await runtimeStore()
  expect(await second.read.execute(count('cursors'))).toEqual([{ count: 0 }])
  expect(await second.read.execute(count('partitions'))).toEqual([before])
  const owned = db.selectFrom('partitions').selectAll().where('owner', 'is not', null)
  expect(await second.read.execute(owned)).toEqual([])
  await expect(first.read.execute(owned)).rejects.toThrow('the database is closed')
})
