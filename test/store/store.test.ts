import fc from 'fast-check'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/store/index.ts'

import { bareDatabase, engine } from '../engine.ts'
import { all, file, idsOf, insert, insertUnlessThere, one, opened, put } from './things.ts'

for (const url of engine === 'postgres' ? (['postgres'] as const) : ([':memory:', 'file'] as const)) {
  const fresh = async () => opened(url === 'file' ? file() : await bareDatabase())

  test(`${url}: what was written can be read`, async () => {
    const store = await fresh()
    await store.write(tx => tx.run(insert, { id: 1, word: 'hello' }))
    expect(await store.read.first(one, { id: 1 })).toEqual({ id: 1, word: 'hello' })
    expect(await store.read.first(one, { id: 2 })).toBeUndefined()
  })

  test(`${url}: a unit that fails leaves nothing of itself, and everything of the others`, async () => {
    const store = await fresh()
    const results = await Promise.allSettled([
      store.write(put(1)),
      store.write(async tx => {
        await put(2)(tx)
        throw new Error('no')
      }),
      store.write(put(3)),
      store.write(async tx => {
        await put(4)(tx)
        await put(1)(tx)
      }),
      store.write(put(5)),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ message: 'no' })
    expect((results[3] as PromiseRejectedResult).reason.code).toBe(
      engine === 'postgres' ? '23505' : 'SQLITE_CONSTRAINT_PRIMARYKEY',
    )
    expect(await idsOf(store)).toEqual([1, 3, 5])
  })

  test(`${url}: units run in the order of the calls, and settle in it`, async () => {
    const store = await fresh()
    const settled: number[] = []
    await Promise.all(
      [3, 1, 2].map(id =>
        store
          .write(async tx => (await tx.all(all, {})).length + (await put(id)(tx)))
          .then(place => settled.push(place)),
      ),
    )
    expect(settled).toEqual([1, 2, 3])
  })

  test(`${url}: readers see what is committed only`, async () => {
    const store = await fresh()
    let during: Promise<number[]> | undefined
    const failed = store.write(async tx => {
      await put(1)(tx)
      during ??= idsOf(store)
      await tx.all(all, {})
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await during).toEqual([])
  })

  test(`${url}: close commits what waits, and refuses what comes later`, async () => {
    const store = await fresh()
    const written = [1, 2, 3].map(id => store.write(put(id)))
    const closed = store.close()
    const late = store.write(put(4))
    await expect(late).rejects.toThrow(StoreError)
    await closed
    expect(await Promise.all(written)).toEqual([1, 1, 1])
    await expect(store.write(put(5))).rejects.toThrow('the database is closed')
    await expect(idsOf(store)).rejects.toThrow('the database is closed')
    await store.close()
  })
}

test.skipIf(engine === 'postgres')(
  'units that arrive in one turn share a commit, and later ones get one of their own',
  async () => {
    const store = await opened()
    const other = new Database(file())
    const seen = () => (other.prepare('select count(*) as n from things').get() as { n: number }).n
    const counts: number[] = []
    await Promise.all([1, 2, 3].map(id => store.write(put(id)).then(() => counts.push(seen()))))
    await store.write(put(4))
    expect(counts).toEqual([3, 3, 3])
    expect(seen()).toBe(4)
    other.close()
  },
)

test('a unit that changes nothing and fails does not make the others run again', async () => {
  const store = await opened()
  await store.write(put(1))
  let runs = 0
  await Promise.allSettled([
    store.write(async tx => {
      runs++
      await put(2)(tx)
    }),
    store.write(async tx => {
      if ((await tx.run(insertUnlessThere, { id: 1, word: 'y' })) === 0) throw new Error('known')
    }),
  ])
  expect(runs).toBe(1)
  expect(await idsOf(store)).toEqual([1, 2])
})

test('property: after any mix of units, exactly those that resolved are there', async () => {
  const unit = fc.record({
    id: fc.integer({ min: 1, max: 12 }),
    fails: fc.constantFrom('no', 'before', 'after'),
    turn: fc.boolean(),
  })
  const store = await opened(await bareDatabase())
  await fc.assert(
    fc.asyncProperty(fc.array(unit, { maxLength: 40 }), async units => {
      await store.write(tx => tx.execute(store.db.deleteFrom('things')))
      const kept = new Set<number>()
      const written: Promise<unknown>[] = []
      for (const { id, fails, turn } of units) {
        const work = store.write(async tx => {
          if (fails === 'before') throw new Error('before')
          await put(id)(tx)
          if (fails === 'after') throw new Error('after')
        })
        written.push(work.then(() => kept.add(id)).catch(() => {}))
        if (turn) await new Promise(resolve => setImmediate(resolve))
      }
      await Promise.all(written)
      expect(await idsOf(store)).toEqual([...kept].sort((a, b) => a - b))
    }),
    { numRuns: 60 },
  )
})
