import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach, expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { until } from '../e2e/until.ts'
import { file, idsOf, keep, put, things } from './things.ts'

type Done = (error: NodeJS.ErrnoException | null) => void

const { fdatasync } = fs

/** Stands between the database and the disk. */
function disk(flush: (file: number, done: Done) => void): void {
  fs.fdatasync = flush as typeof fdatasync
  syncBuiltinESMExports()
}

afterEach(() => disk(fdatasync))

const failing = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })

test('a write resolves when it is on the disk, and not before', async () => {
  const store = keep(await openStore(things, { url: file() }))
  const flushes: (() => void)[] = []
  disk((fd, done) => flushes.push(() => fdatasync(fd, done)))
  let isWritten = false
  const written = store.write(put(1)).then(() => {
    isWritten = true
  })
  await until('it is to be flushed', () => flushes.length === 1)
  expect(isWritten).toBe(false)
  const later = store.write(put(2))
  flushes[0]!()
  await written
  await until('the next is to be flushed', () => flushes.length === 2)
  flushes[1]!()
  await later
  expect(await idsOf(store)).toEqual([1, 2])
})

test('what arrives while one is flushed shares the next commit', async () => {
  const store = keep(await openStore(things, { url: file() }))
  let flushes = 0
  disk((fd, done) => {
    flushes++
    setTimeout(() => fdatasync(fd, done), 50)
  })
  const first = store.write(put(1))
  await until('it is flushed', () => flushes === 1)
  const others = []
  for (let id = 2; id <= 20; id++) others.push(store.write(put(id)))
  await Promise.all([first, ...others])
  expect(flushes).toBe(2)
})

test('a disk that fails is told of to everybody who waits, and writes work again when it does', async () => {
  const store = keep(await openStore(things, { url: file(), lookEveryMs: 20 }))
  await store.write(put(1))
  disk((_, done) => void setImmediate(() => done(failing())))
  const results = await Promise.allSettled([store.write(put(2)), store.write(put(3))])
  for (const result of results) expect(result).toMatchObject({ reason: { code: 'store.io', retry: 'later' } })
  expect(store.state).toMatchObject({ ok: false, code: 'store.io', message: expect.stringContaining('EIO') })
  await expect(store.write(put(4))).rejects.toMatchObject({ code: 'store.io' })
  disk(fdatasync)
  await until('the database works again', () => store.state.ok)
  await store.write(put(5))
  expect(await idsOf(store)).toContain(5)
})

test('without the promise that a power cut is survived, nothing waits for the disk', async () => {
  const store = keep(await openStore(things, { url: file(), synchronous: 'NORMAL' }))
  disk(() => expect.unreachable())
  await store.write(put(1))
  expect(await idsOf(store)).toEqual([1])
})
