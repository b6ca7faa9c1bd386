import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fence, fencesOf, looksLike, read } from './markdown.ts'
import { Program } from './program.ts'
import { Shell } from './shell.ts'

/** A person looks again when the answer is not there yet; so does the test, for so long. */
const PATIENCE_MS = 20_000
/** What only looks may be run again. */
const LOOK = /^(square|report|grep)\b/

const readme = read('README.md')
const section = (title: string): Fence[] => {
  const fences = fencesOf(readme, title)
  expect(fences.length, `blocks of "${title}"`).toBeGreaterThan(0)
  return fences
}

let program: Program
let shell: Shell

beforeAll(async () => {
  program = await Program.prepare()
  shell = new Shell(program.folder)
  await program.start()
}, 120_000)

afterAll(async () => {
  shell?.close()
  await program?.close()
}, 60_000)

/** The commands of a block: lines that belong together are one. What looks stands by itself. */
function commandsOf(code: string): string[] {
  const commands: string[] = []
  let open = 0
  for (const line of code.split('\n')) {
    const continues = open > 0
    open += (line.match(/\{$/g)?.length ?? 0) - (/^\}/.test(line) ? 1 : 0)
    if (continues) commands.push(`${commands.pop()}\n${line}`)
    else commands.push(line)
  }
  return commands.filter(command => command.trim() !== '')
}

/** Pastes a block; what it prints must be what the document shows. */
async function paste({ code, line }: Fence, shown: readonly string[]): Promise<void> {
  const printed: string[] = []
  for (const command of commandsOf(program.command(code))) {
    const until = Date.now() + PATIENCE_MS
    if (LOOK.test(command)) await program.settled()
    for (;;) {
      const lines = await shell.run(command)
      const expected = shown.slice(printed.length, printed.length + lines.length)
      if (!LOOK.test(command) || looksLike(lines, expected) || Date.now() > until) {
        expect(lines, `${command} (README.md:${line})`).toSatisfy(
          () => looksLike(lines, expected),
          expected.join('\n'),
        )
        printed.push(...lines)
        break
      }
    }
  }
  expect(printed, `README.md:${line}`).toHaveLength(shown.length)
}

/** Pastes every block of a section, each with the output that is shown after it. */
async function pasteAll(fences: readonly Fence[]): Promise<void> {
  for (const [at, fence] of fences.entries()) {
    if (fence.language !== 'sh') continue
    const next = fences[at + 1]
    await paste(fence, next?.language === 'text' ? program.here(next.code).split('\n') : [])
  }
}

test('says what a start shows', () => {
  const [shown] = section('What you see')
  const lines = program.here(shown!.code).split('\n')
  const printed = program.output.split('\n').slice(0, lines.length)
  expect(printed).toSatisfy(() => looksLike(printed, lines), lines.join('\n'))
})

test('has a tour that goes as it says', { timeout: 240_000 }, async () => {
  await pasteAll(section('The tour'))
})

test('has a first plugin that works as it stands', { timeout: 120_000 }, async () => {
  const fences = section('Your first plugin in ten lines')
  const files = fences.filter(({ language }) => language === 'ts' || language === 'yaml')
  expect(files).toHaveLength(2)
  expect(files[0]!.code.split('\n')).toHaveLength(10)
  for (const { lead, code } of files) program.write(/`([^`]+)`/.exec(lead)![1]!, `${code}\n`)
  await program.stop()
  await program.start()
  await pasteAll(fences)
})
