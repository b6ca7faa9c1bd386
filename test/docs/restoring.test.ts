import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { backUp } from '../../src/store/backup.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../../src/store/schema/runtime.ts'
import { fencesOf, read } from './markdown.ts'
import { Shell } from './shell.ts'

const open = async (url: string): Promise<Store<RuntimeTables>> => {
  const store = await openStore(runtimeSchema, { url })
  onTestFinished(() => store.close())
  return store
}

const note = (store: Store<RuntimeTables>, name: string) =>
  store.write(tx => tx.execute(store.db.insertInto('cursors').values({ name, value: 1 })))

const notes = async ({ read, db }: Store<RuntimeTables>) =>
  (await read.execute(db.selectFrom('cursors').select('name').orderBy('name'))).map(({ name }) => name)

test('a backup is restored after a crash as docs/operations.md says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'beadle-restoring-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const running = join(folder, 'running', 'beadle.db')
  const store = await open(running)
  await note(store, 'before')
  const copy = await backUp(running, Object.keys(runtimeSchema.migrations).at(-1)!)
  await note(store, 'after')
  // What a crash leaves: much is in the log only.
  const data = join(folder, 'data')
  mkdirSync(join(data, 'backups'), { recursive: true })
  for (const beside of ['', '-wal', '-shm'])
    copyFileSync(`${running}${beside}`, join(data, `beadle.db${beside}`))
  copyFileSync(copy, join(data, 'backups', basename(copy)))

  const shell = new Shell(folder)
  onTestFinished(() => shell.close())
  const fences = fencesOf(read('docs/operations.md'), 'Restoring a backup')
  expect(fences.map(({ language }) => language)).toEqual(['sh', 'sh'])
  for (const { code } of fences) {
    const printed = await shell.run(code.replace(/beadle-\d+-\w+-\d{8}T\d{6}Z\.db/, basename(copy)))
    expect(printed).toEqual([])
  }
  expect(await notes(await open(join(data, 'beadle.db')))).toEqual(['before'])
  // And the old one is whole where it is now.
  expect(await notes(await open(join(data, 'old', 'beadle.db')))).toEqual(['after', 'before'])
})
