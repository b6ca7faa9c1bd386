import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as publicFace from '../../../src/index.ts'
import { PluginLoader } from '../../../src/runtime/plugin/loading/loader.ts'
import { PluginSources } from '../../../src/runtime/plugin/loading/plugin-sources.ts'

let folder: string
let sources: PluginSources

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beadle-sources-'))
  sources = new PluginSources()
  write('shared/words.ts', "export const word: string = 'one'")
  write('one/index.ts', plugin('../shared/words.ts'))
  write('two/index.ts', plugin('./own.ts'))
  write(
    'two/own.ts',
    "import data from './data.json' with { type: 'json' }\nexport const word: string = data.word",
  )
  write('two/data.json', '{ "word": "two" }')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const plugin = (from: string) => `import { word } from '${from}'\nexport default { name: word, setup() {} }`

function write(name: string, text: string): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const load = async (name: string) =>
  (await new PluginLoader({ folders: [folder], publicFace, sources }).load(name)).name
const at = (name: string) => join(folder, name)

test('only the plugins that were loaded from a file are due when it changes', async () => {
  expect([await load('one'), await load('two')]).toEqual(['one', 'two'])
  expect(sources.look()).toEqual([])
  write('shared/words.ts', "export const word = 'another'")
  expect(sources.look()).toEqual([at('one/index.ts')])
  expect(await load('one')).toBe('another')
  write('two/data.json', '{ "word": "three" }')
  expect(sources.look()).toEqual([at('two/index.ts')])
  expect(await load('two')).toBe('three')
  expect(sources.look()).toEqual([])
})

test('a file that is written as it was changes nothing', async () => {
  await load('one')
  write('shared/words.ts', "export const word: string = 'one'")
  expect(sources.look()).toEqual([])
})

test('a plugin stays due until it is at work, also when it changes once more meanwhile', async () => {
  await load('one')
  write('one/index.ts', `${plugin('../shared/words.ts')}\n`)
  sources.look()
  const due = sources.due
  await load('one')
  write('one/index.ts', plugin('../shared/words.ts'))
  sources.look()
  sources.done(due)
  expect([...sources.due.keys()]).toEqual([at('one/index.ts')])
  sources.done(sources.due)
  expect(sources.due.size).toBe(0)
})

test('a file that is imported and not there is waited for', async () => {
  write('one/index.ts', plugin('./later.ts'))
  await expect(load('one')).rejects.toThrow('later')
  expect(sources.look()).toEqual([])
  write('one/later.ts', "export const word = 'now'")
  expect(sources.look()).toEqual([at('one/index.ts')])
  expect(await load('one')).toBe('now')
})

test('a file that is deleted makes its plugins due', async () => {
  await load('two')
  rmSync(at('two/own.ts'))
  expect(sources.look()).toEqual([at('two/index.ts')])
})

test('what is broken is due again when it is mended', async () => {
  await load('one')
  write('shared/words.ts', 'export const word = ')
  sources.look()
  await expect(load('one')).rejects.toThrow('ParseError')
  expect(sources.look()).toEqual([])
  write('shared/words.ts', "export const word = 'mended'")
  expect(sources.look()).toEqual([at('one/index.ts')])
  expect(await load('one')).toBe('mended')
})

test('what no bot has any more is not looked at', async () => {
  await load('one')
  await load('two')
  sources.keepOnly(new Set([at('two/index.ts')]))
  write('shared/words.ts', "export const word = 'x'")
  expect(sources.look()).toEqual([])
})
