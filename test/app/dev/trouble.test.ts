import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError } from '../../../src/app/config/index.ts'
import { troublesOf } from '../../../src/app/dev/trouble.ts'
import * as publicFace from '../../../src/index.ts'
import { PluginLoader } from '../../../src/runtime/plugin/loading/loader.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beadle-trouble-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function troubleIn(text: string) {
  const file = write('one/index.ts', text)
  const error = await new PluginLoader({ folders: [folder], publicFace }).load('one').catch(thrown => thrown)
  const [trouble] = troublesOf([error])
  return { ...trouble!, file }
}

test('code that cannot be read is shown where it is wrong', async () => {
  const { message, place, frame, file } = await troubleIn(
    "const a: number = 1\nexport default {\n  name: 'one',\n  setup( { return a }\n}\n",
  )
  expect(message).toBe("Unexpected keyword 'return'.")
  expect(place).toEqual({ file, line: 4, column: 12 })
  expect(frame).toBe(
    [
      '  2 | export default {',
      "  3 |   name: 'one',",
      '> 4 |   setup( { return a }',
      '    |            ^',
      '  5 | }',
      '  6 |',
    ].join('\n'),
  )
})

test.each([
  // The types are taken out before it runs, which moves what follows them.
  [
    "interface A {\n  a: string\n}\nfunction f(x: A, y?: string): void {\n  const z: string = 'q'; throw new Error('boom')\n}\nf({ a: '' })\nexport default {}\n",
    'boom',
    5,
    32,
  ],
  ['export const q: number = 5; export default (undefined as any).foo()\n', 'TypeError: ', 1, 44],
])('code that throws is shown where it does: %#', async (text, message, line, column) => {
  const trouble = await troubleIn(text)
  expect(trouble.message).toContain(message)
  expect(trouble.place).toMatchObject({ file: trouble.file, line })
  expect(Math.abs(trouble.place!.column - column)).toBeLessThan(20)
  expect(trouble.frame).toContain(`> ${line} |`)
})

test('an import of what is not there is shown where it stands', async () => {
  const { place, message, file } = await troubleIn(
    "import { z } from 'beadle'\nimport { word } from './words.ts'\nexport default z.string().parse(word)\n",
  )
  expect(message).toBe("Cannot find module './words.ts'")
  expect(place).toEqual({ file, line: 2, column: 23 })
})

test('a problem of a setting is shown in its file', () => {
  const file = write('bots/one.yaml', 'username: one-bot\nplugins:\n  one: { speed: 3 }\n')
  const problem = { file, line: 3, column: 10, field: 'plugins.one.speed', message: 'is not a known key' }
  const [{ message, place, frame }] = troublesOf([
    new ConfigError([{ ...problem, hint: 'leave it out' }]),
  ]) as [ReturnType<typeof troublesOf>[0]]
  expect(message).toBe('plugins.one.speed: is not a known key')
  expect(place).toEqual({ file, line: 3, column: 10 })
  expect(frame).toContain('> 3 |   one: { speed: 3 }')
})

test('what has no place is told without one', () => {
  const error = Object.assign(new Error('the disk is full'), { stack: '' })
  expect(troublesOf([error])).toEqual([
    { message: 'the disk is full', hint: undefined, place: undefined, frame: undefined },
  ])
})
