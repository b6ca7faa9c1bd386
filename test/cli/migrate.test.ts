import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrateStore, openStore } from '../../src/store/index.ts'
import { runtimeSchema } from '../../src/store/schema/runtime.ts'
import { config } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { ownServer } from '../postgres/own-server.ts'
import { administer } from '../postgres/start.ts'
import { typed } from './typed.ts'

const { database } = ownServer()

const home = (more: object = {}) =>
  folder({
    'config.yaml': config({ listen: '127.0.0.1:0', ...more }),
    'bots/herald.yaml': { username: 'herald-bot' },
  })

const stepsIn = (schema: { readonly migrations: object }) => Object.keys(schema.migrations).sort()

test('brings the databases of a configuration up to date, the IM server with them, and says so', async () => {
  const here = home()
  const first = await typed(['migrate'], { cwd: here })
  const own = join(here, 'data/beadle.db')
  const im = join(here, 'data/im.db')
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout.split('\n')).toEqual([
    `runtime: ${own} is up to date now, by ${stepsIn(runtimeSchema).join(', ')}.`,
    `im: ${im} is up to date now, by 0001-tables.`,
    '',
  ])
  const second = await typed(['migrate'], { cwd: here })
  expect(second.stdout).toBe(`runtime: ${own} is up to date already.\nim: ${im} is up to date already.\n`)
})

test('tells which step it is at, where there is data that may take long', async () => {
  const [first, ...later] = stepsIn(runtimeSchema)
  const migrations = { [first!]: runtimeSchema.migrations[first!]! }
  const file = join(folder(), 'beadle.db')
  for (const url of [file, await database()]) {
    await migrateStore({ ...runtimeSchema, migrations }, { url })
    const { code, stderr } = await typed(['migrate', '--database', url === file ? `sqlite:${file}` : url])
    expect(code).toBe(0)
    const lines = later.map(
      (name, at) => `bringing the database up to date: ${name}, ${at + 1} of ${later.length}\n`,
    )
    expect(stderr).toContain(lines.join(''))
    expect(stderr).not.toContain(':beadle@')
  }
})

test('with an endpoint elsewhere only the database of the bots is there', async () => {
  const here = home({ jmessage: { endpoint: 'https://api.im.jpush.cn' } })
  const { code, stdout } = await typed(['migrate', '--json'], { cwd: here })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual([
    { schema: 'runtime', database: join(here, 'data/beadle.db'), steps: stepsIn(runtimeSchema) },
  ])
  expect(existsSync(join(here, 'data/im.db'))).toBe(false)
  const im = await typed(['migrate', '--schema', 'im'], { cwd: here })
  expect(im).toMatchObject({ code: 1, stderr: expect.stringContaining('--database') })
})

test('brings a database of PostgreSQL up to date, and shows no password', async () => {
  const url = await database()
  const place = url.replace(':beadle@', '@')
  const bare = await typed(['migrate', '--database', url])
  expect(bare).toMatchObject({ code: 1, stdout: '' })
  expect(bare.stderr).toContain(`database ${place} has no tables of Beadle`)
  const made = await typed(['migrate', '--database', url, '--schema', 'all', '--json'])
  expect([made.code, made.stderr]).toEqual([0, ''])
  expect(JSON.parse(made.stdout)).toEqual([
    { schema: 'runtime', database: place, steps: stepsIn(runtimeSchema) },
    { schema: 'im', database: place, steps: ['0001-tables'] },
  ])
  const again = await typed(['migrate', '--database', url])
  expect(again.stdout).toBe(`runtime: ${place} is up to date already.\nim: ${place} is up to date already.\n`)
  const store = await openStore(runtimeSchema, { url })
  await store.close()
})

test('what cannot be brought up to date is left as it is, and told of', async () => {
  const url = await database()
  await typed(['migrate', '--database', url, '--schema', 'runtime'])
  await administer(url, client => client.query("insert into runtime_migration values ('999-later', 'x')"))
  expect(await typed(['migrate', '--database', url])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was made by a newer version of Beadle'),
  })
  const wrong = await typed(['migrate', '--database', 'postgrse://me:hush@host/db'])
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('--database: must be sqlite:PATH') })
  expect(wrong.stderr).not.toContain('hush')
  const missing = join(folder(), 'nowhere.db')
  expect(await typed(['migrate', '--database', `sqlite:${missing}`])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`there is no database ${missing}`),
  })
  expect(existsSync(missing)).toBe(false)
})
