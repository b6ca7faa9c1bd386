import {
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openStore, type Store } from '../../src/store/index.ts'
import { until } from '../e2e/until.ts'
import { file, idsOf, keep, put, refusedWith, type Tables, things, watched, works } from './things.ts'

test('a file that is deleted while it is open is written back, with all that was written', async () => {
  const store = await watched()
  await store.write(put(1))
  rmSync(dirname(file()), { recursive: true })
  await store.write(put(2))
  await until('it is there again', () => statSync(file(), { throwIfNoEntry: false }) !== undefined)
  await store.write(put(3))
  await store.close()
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(await idsOf(await watched())).toEqual([1, 2, 3])
})

test('a file that is deleted and cannot be written back takes no writes until it can', async () => {
  const store = await watched()
  await store.write(put(1))
  const folder = dirname(file())
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'in the way')
  await until('it is noticed', () => !store.state.ok)
  expect(store.state).toMatchObject({
    code: 'store.gone',
    message: expect.stringContaining(`${file()} was deleted, and cannot be written back: `),
    hint: expect.stringContaining('Do not stop Beadle'),
  })
  await refusedWith('store.gone', store.write(put(2)))
  expect(await idsOf(store)).toEqual([1])
  rmSync(folder)
  await works(store)
  await store.write(put(3))
  await store.close()
  expect(await idsOf(await watched())).toEqual([1, 3])
})

test('what was written back in part is removed, as it takes room', async () => {
  const store = await watched()
  await store.write(put(1))
  rmSync(file())
  // It comes after the copy.
  rmSync(`${file()}-wal`)
  mkdirSync(`${file()}-wal`)
  await until('it is noticed', () => !store.state.ok)
  expect(existsSync(`${file()}.part`)).toBe(false)
  await refusedWith('store.gone', store.write(put(2)))
  rmdirSync(`${file()}-wal`)
  await works(store)
  await store.write(put(3))
  expect(await idsOf(store)).toEqual([1, 3])
})

test('a file that is deleted right before the end is written back all the same', async () => {
  const store = keep(await openStore(things, { url: file(), lookEveryMs: 60_000 }))
  await store.write(put(1))
  rmSync(dirname(file()), { recursive: true })
  await store.close()
  expect(await idsOf(await watched())).toEqual([1])
})

/** A copy with the things that are there now. */
async function backedUp(store: Store<Tables>): Promise<string> {
  const copy = `${file()}.copy`
  const vacuum = sql.raw<object>(`vacuum into '${copy}'`)
  await store.read.execute({ compile: () => vacuum.compile(store.db) })
  return copy
}

test.each([
  ['while it is looked after', 20],
  ['right before the end', 60_000],
])('the log of a file that is replaced %s is not taken for that of the new one', async (_, lookEveryMs) => {
  const store = keep(await openStore(things, { url: file(), lookEveryMs }))
  await store.write(put(1))
  const copy = await backedUp(store)
  await store.write(put(2))
  const old = `${file()}.old`
  renameSync(file(), old)
  renameSync(copy, file())
  if (lookEveryMs < 1000) {
    await until('it is noticed', () => !store.state.ok)
    expect(store.state).toMatchObject({ code: 'store.gone', hint: expect.stringContaining('-wal') })
  }
  await store.close()
  expect(await idsOf(await watched())).toEqual([1])
  // And nothing of the old one is lost.
  expect(await idsOf(await watched(old))).toEqual([1, 2])
})

test('a file that is replaced while it is open takes no writes until the right one is back', async () => {
  const store = await watched()
  await store.write(put(1))
  renameSync(file(), `${file()}.old`)
  copyFileSync(`${file()}.old`, file())
  await until('it is noticed', () => !store.state.ok)
  await refusedWith('store.gone', store.write(put(2)))
  renameSync(`${file()}.old`, file())
  await works(store)
  await store.write(put(3))
  expect(await idsOf(store)).toEqual([1, 3])
})
