import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fence, fencesOf, looksLike, read } from './markdown.ts'
import { Terminal } from './paste.ts'
import { Program } from './program.ts'

const readme = read('README.md')
const section = (title: string): Fence[] => {
  const fences = fencesOf(readme, title)
  expect(fences.length, `blocks of "${title}"`).toBeGreaterThan(0)
  return fences
}

let program: Program
let terminal: Terminal

beforeAll(async () => {
  program = await Program.prepare()
  terminal = new Terminal(program)
  await program.start()
}, 120_000)

afterAll(async () => {
  terminal?.close()
  await program?.close()
}, 60_000)

test('says what a start shows', () => {
  const [shown] = section('What you see')
  const lines = program.here(shown!.code).split('\n')
  const printed = program.output.split('\n').slice(0, lines.length)
  expect(printed).toSatisfy(() => looksLike(printed, lines), lines.join('\n'))
})

test('has a tour that goes as it says', { timeout: 240_000 }, async () => {
  await terminal.paste(section('The tour'))
})

test('has a first plugin that works as it stands', { timeout: 120_000 }, async () => {
  const fences = section('Your first plugin in ten lines')
  const files = fences.filter(({ language }) => language === 'ts' || language === 'yaml')
  expect(files).toHaveLength(2)
  expect(files[0]!.code.split('\n')).toHaveLength(10)
  for (const { lead, code } of files) program.write(/`([^`]+)`/.exec(lead)![1]!, `${code}\n`)
  await terminal.paste(fences)
})
