import { afterAll, expect, test } from 'vitest'
import { fencesOf, read } from './markdown.ts'
import { Terminal } from './paste.ts'
import { Program } from './program.ts'

const document = read('docs/im-server.md')
let program: Program | undefined
let terminal: Terminal | undefined

afterAll(async () => {
  terminal?.close()
  await program?.close()
}, 60_000)

test('the examples of the IM server go as they say', { timeout: 180_000 }, async () => {
  const [start, ...examples] = fencesOf(document)
  program = await Program.prepare()
  const args = program.here(start!.code).split(' ').slice(2)
  expect(args[0]).toBe('server')
  await program.start(args, program.here('http://127.0.0.1:7070\n'))
  terminal = new Terminal(program)
  await terminal.paste(examples)
})
