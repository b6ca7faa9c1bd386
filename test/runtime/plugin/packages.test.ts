import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as publicFace from '../../../src/index.ts'
import { PluginLoader } from '../../../src/runtime/plugin/loading/loader.ts'
import { isPluginPackage } from '../../../src/runtime/plugin/loading/plugin-package.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beadle-packages-'))
  // Another copy of Beadle, which nobody may get.
  pack(
    'beadle',
    { exports: './index.js', type: 'module' },
    { 'index.js': 'throw new Error("a second copy")' },
  )
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function pack(
  name: string,
  manifest: object,
  files: Readonly<Record<string, string>>,
  place = 'node_modules',
) {
  const all = { 'package.json': JSON.stringify({ name, version: '1.0.0', ...manifest }), ...files }
  for (const [file, text] of Object.entries(all)) {
    const path = join(folder, place, name, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

const loader = () => new PluginLoader({ folders: [join(folder, 'plugins')], project: folder, publicFace })

/** Says by its exports what it was given. */
const code = (types: boolean) => `import { AppError, definePlugin, z } from 'beadle'
import { word } from './word.${types ? 'ts' : 'js'}'
import { shared } from 'shared-things'
export default { ...definePlugin({ name: word${types ? ' as string' : ''}, setup() {} }), AppError, z, shared }
`
const shared = () =>
  pack('shared-things', { type: 'module', exports: './index.js' }, { 'index.js': 'export const shared = {}' })

test.each([
  [
    'beadle-plugin-weather',
    { type: 'module', exports: './index.js' },
    { 'index.js': code(false), 'word.js': "export const word = 'it'" },
  ],
  [
    '@acme/weather',
    { type: 'module', main: 'dist/main.mjs' },
    { 'dist/main.mjs': code(false), 'dist/word.js': "export const word = 'it'" },
  ],
  [
    'beadle-plugin-typed',
    { type: 'module', exports: { '.': { import: './src/index.ts' } } },
    { 'src/index.ts': code(true), 'src/word.ts': "export const word: string = 'it'" },
  ],
  [
    '@acme/typed',
    { main: './index.ts' },
    { 'index.ts': code(true), 'word.ts': "export const word: string = 'it'" },
  ],
  [
    '@acme/all/weather',
    { type: 'module', exports: { './weather': './weather.js' } },
    { 'weather.js': code(false), 'word.js': "export const word = 'it'" },
  ],
])('a plugin comes in the package %s, and is given the running instance', async (name, manifest, files) => {
  pack(
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
    manifest,
    files as never,
  )
  shared()
  const plugin = (await loader().load(name)) as unknown as typeof publicFace & {
    name: string
    shared: object
  }
  expect(plugin.name).toBe('it')
  expect(plugin.AppError).toBe(publicFace.AppError)
  expect(plugin.z).toBe(publicFace.z)
  // What it depends on is loaded once.
  expect(((await loader().load(name)) as unknown as { shared: object }).shared).toBe(plugin.shared)
})

test('a plugin of the project comes before a package of its name', async () => {
  pack(
    'beadle-plugin-weather',
    { type: 'module', exports: './index.js' },
    { 'index.js': "export default { name: 'package', setup() {} }" },
  )
  mkdirSync(join(folder, 'plugins'))
  writeFileSync(
    join(folder, 'plugins/beadle-plugin-weather.js'),
    "export default { name: 'file', setup() {} }",
  )
  expect((await loader().load('beadle-plugin-weather')).name).toBe('file')
})

test('a package that is linked is loaded from where it is', async () => {
  pack(
    'beadle-plugin-linked',
    { type: 'module', exports: './index.js' },
    { 'index.js': "export default { name: 'linked', setup() {} }" },
    'packages',
  )
  symlinkSync(
    join(folder, 'packages/beadle-plugin-linked'),
    join(folder, 'node_modules/beadle-plugin-linked'),
  )
  expect(loader().find('beadle-plugin-linked')).toMatch(/packages\/beadle-plugin-linked\/index\.js$/)
  expect((await loader().load('beadle-plugin-linked')).name).toBe('linked')
})

test('no other package is run, however it is called', async () => {
  pack(
    'weather',
    { type: 'module', exports: './index.js' },
    { 'index.js': "globalThis.ran = true; export default { name: 'x', setup() {} }" },
  )
  for (const name of ['weather', 'beadle-plugin-/../weather', '@acme/../weather'])
    await expect(loader().load(name)).rejects.toMatchObject({ code: 'plugin.unknown' })
  expect(globalThis).not.toHaveProperty('ran')
  expect(isPluginPackage(`beadle-plugin-${'x'.repeat(300)}`)).toBe(false)
})

test('a package that is not there, or is no plugin, is an error that says what to do', async () => {
  await expect(loader().load('@acme/none/sub')).rejects.toMatchObject({
    message: "there is no plugin '@acme/none/sub'",
    hint: `Looked for a package of this name from ${folder}: npm install @acme/none`,
  })
  await expect(loader().load('beadle-plugin-none')).rejects.toMatchObject({
    hint: expect.stringContaining('npm install beadle-plugin-none'),
  })
  await expect(loader().load('weather')).rejects.toMatchObject({
    hint: expect.stringContaining('Packages are found by use: beadle-plugin-…'),
  })
  pack('beadle-plugin-odd', { type: 'module', exports: './index.js' }, { 'index.js': 'export default 5' })
  await expect(loader().load('beadle-plugin-odd')).rejects.toMatchObject({ code: 'plugin.export' })
  pack(
    'beadle-plugin-bad',
    { type: 'module', exports: './index.js' },
    { 'index.js': "throw new Error('at the top')" },
  )
  await expect(loader().load('beadle-plugin-bad')).rejects.toMatchObject({
    code: 'plugin.load',
    message: expect.stringContaining('at the top'),
  })
})
