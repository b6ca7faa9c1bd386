import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { openStore, type Schema } from '../../src/store/index.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { build, ROOT } from '../e2e/build.ts'
import { file, idsOf, keep, opened, put, type Tables, things } from './things.ts'

/** The things with a second step, as a later version would have it. */
const later = (up: (db: Parameters<Schema<Tables>['migrations'][string]['up']>[0]) => Promise<void>) => ({
  ...things,
  migrations: { ...things.migrations, '002-later': { up } },
})

const withColor = later(async db => {
  await db.schema.alterTable('things').addColumn('color', 'text').execute()
})

const backups = () => join(dirname(file()), 'backups')
const copies = () => (existsSync(backups()) ? readdirSync(backups()).sort() : [])

async function filled(): Promise<void> {
  const store = await opened()
  await store.write(put(1))
  await store.close()
}

test('what has data is backed up before it is brought up to date, for its owner alone', async () => {
  await filled()
  expect(copies()).toEqual([])
  const log: LogLine[] = []
  const store = keep(await openStore(withColor, { url: file(), log: capturedLog(log) }))
  await store.write(put(2))
  expect(copies()).toEqual([expect.stringMatching(/^test-001-first-\d{8}T\d{6}Z\.db$/)])
  const copy = join(backups(), copies()[0]!)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  expect(log.map(({ message }) => message)).toEqual([
    'the database was backed up, as it is brought up to date',
    'bringing the database up to date: 002-later, 1 of 1',
    'the database is up to date',
  ])
  // An older version goes on with it.
  expect(await idsOf(await opened(copy))).toEqual([1])
})

test('the last five backups are kept, and those of others are left alone', async () => {
  await filled()
  await opened(file(), withColor)
  const others = ['other-001-first-20200101T000000Z.db', 'notes.txt']
  for (const name of others) writeFileSync(join(backups(), name), '')
  const old = [1, 2, 3, 4, 5, 6].map(year => `test-001-first-200${year}0101T000000Z.db`)
  for (const name of [...old, 'test-001-first-20090101T000000Z.db.part'])
    writeFileSync(join(backups(), name), '')
  const third = { ...withColor, migrations: { ...withColor.migrations, '003-more': { up: async () => {} } } }
  await opened(file(), third)
  const [first, ...rest] = copies().filter(name => ![...others, ...old].includes(name))
  expect([first, rest]).toEqual([
    expect.stringMatching(/^test-001-first-/),
    [expect.stringMatching(/^test-002-later-/)],
  ])
  expect(copies().filter(name => [...others, ...old].includes(name))).toEqual(
    [...others, ...old.slice(3)].sort(),
  )
})

test('without a backup nothing is brought up to date', async () => {
  await filled()
  writeFileSync(backups(), 'in the way')
  await expect(opened(file(), withColor)).rejects.toMatchObject({
    message: expect.stringContaining('could not be brought up to date'),
    code: 'store.io',
  })
  expect(await idsOf(await opened())).toEqual([1])
})

/** Opens the database in a process of its own with a second step, and writes a thing; says how it ended. */
async function otherProcess(step: string, id: number) {
  await build()
  const program = `
    import { openStore, query } from ${JSON.stringify(pathToFileURL(join(ROOT, 'dist/store/index.js')).href)}
    const up = async db => {
      ${step}
      await db.schema.alterTable('things').addColumn('color', 'text').execute()
    }
    const schema = { name: 'test', migrations: { '001-first': {}, '002-later': { up } } }
    const store = await openStore(schema, { url: process.argv[1] })
    const put = query()((db, p) => db.insertInto('things').values({ id: p.id, word: 'other' }))
    await store.write(tx => tx.run(put, { id: Number(process.argv[2]) }))
    await store.close()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file(), String(id)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return (await once(child, 'close')) as [number | null, string | null]
}

test('of several processes that start at once on one file, one brings it up to date, and all go on', async () => {
  await filled()
  const slowly = 'await new Promise(resolve => setTimeout(resolve, 300))'
  const ends = await Promise.all([2, 3, 4].map(id => otherProcess(slowly, id)))
  expect(ends).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ])
  expect(await idsOf(await opened(file(), withColor))).toEqual([1, 2, 3, 4])
  expect(copies().length).toBe(1)
})

test('a process that dies while it brings a database up to date leaves it as it was, and not locked', async () => {
  await filled()
  const dies = `await db.schema.createTable('half').addColumn('id', 'integer').execute()
    process.kill(process.pid, 'SIGKILL')`
  expect(await otherProcess(dies, 2)).toEqual([null, 'SIGKILL'])
  const store = await opened(file(), withColor)
  expect(await idsOf(store)).toEqual([1])
  const names = new Database(file()).prepare("select name from sqlite_master where name = 'half'").all()
  expect(names).toEqual([])
})
