import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fence, fencesOf, looksLike, read } from '../docs/markdown.ts'
import { Shell } from '../docs/shell.ts'
import { freePort } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'
import { installPacked } from './packed.ts'

const page = read('docs/first-plugin.md')
const section = (title: string): Fence[] => {
  const fences = fencesOf(page, title)
  expect(fences.length, `blocks of "${title}"`).toBeGreaterThan(0)
  return fences
}
const blocks = (title: string, language: string): string[] =>
  section(title).flatMap(fence => (fence.language === language ? [fence.code] : []))

/** On a busy machine vitest names tests that take long. */
const SLOW_TEST = /^ {2,}✓ .* \d+ms$/

/**
 * Follows docs/first-plugin.md by the letter.
 *
 * @param packed  the path of the package, once it is packed
 */
export function followFirstPlugin(packed: () => string): void {
  let folder: string
  let project: string
  let shell: Shell
  let dev: ChildProcess | undefined
  let shown = ''
  let ports: Readonly<Record<string, number>>

  beforeAll(async () => {
    ports = { 7070: await freePort(), 7071: await freePort() }
    folder = mkdtempSync(join(tmpdir(), 'beadle-first-'))
    project = join(folder, 'my-bots')
    shell = new Shell(folder)
    // The machine of the test is not that of its author, and its terminal shows no colours.
    await shell.run(
      'unset VITEST NODE_ENV FORCE_COLOR\nexport NO_COLOR=1 npm_config_update_notifier=false CI=1',
    )
  }, 300_000)

  afterAll(async () => {
    shell?.close()
    if (dev) process.kill(-dev.pid!, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  /** A text with the ports of this test in place of those of the document. */
  const here = (text: string): string => text.replace(/\b707[01]\b/g, port => String(ports[port]))

  /** Types what a block says, a command after the other. What needs the network is done without it. */
  async function type(code: string): Promise<string[]> {
    const lines: string[] = []
    for (const command of here(code).split(/\n(?=\S)(?!\})/)) {
      if (command === 'npm install beadle') installPacked(packed(), project)
      // What it asks for is linked already.
      else if (command !== 'npm install') lines.push(...(await shell.run(command)))
    }
    return lines
  }

  function expectLines(all: readonly string[], block: string): void {
    const expected = here(block).split('\n')
    const lines = all.filter(line => !SLOW_TEST.test(line))
    expect(lines, block).toSatisfy(() => looksLike(lines, expected), expected.join('\n'))
  }

  let begun = 0

  test('a project is made', async () => {
    begun = performance.now()
    const [commands] = blocks('A project', 'sh')
    const lines = await type(commands!)
    // npm says how it went before and after, which is of no interest here.
    const [, ...expected] = blocks('A project', 'text')[0]!.split('\n')
    expectLines(lines, expected.slice(0, -1).join('\n'))
    const config = join(project, 'config.yaml')
    const text = readFileSync(config, 'utf8')
    writeFileSync(
      config,
      `listen: 127.0.0.1:${ports[7071]}\n${text.replace('\nserver:\n', `\nserver:\n  listen: 127.0.0.1:${ports[7070]}\n`)}`,
    )
  })

  test('a plugin is made, and is what the page shows', async () => {
    const [commands] = blocks('A plugin', 'sh')
    expectLines(await type(commands!), blocks('A plugin', 'text')[0]!)
    expect(readFileSync(join(project, 'plugins/hello/index.ts'), 'utf8')).toBe(
      `${blocks('A plugin', 'ts')[0]}\n`,
    )
  })

  test('its test is what the page shows, and passes, as do the types', { timeout: 180_000 }, async () => {
    expect(readFileSync(join(project, 'plugins/hello/hello.test.ts'), 'utf8')).toBe(
      `${blocks('Its test', 'ts')[0]}\n`,
    )
    expectLines(await type(blocks('Its test', 'sh')[0]!), blocks('Its test', 'text')[0]!)
  })

  test('it answers in a chat', async () => {
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME } as NodeJS.ProcessEnv
    // A group of its own: npx is to be ended with what it started.
    dev = spawn('npx', ['beadle', 'dev'], { cwd: project, env, detached: true })
    for (const stream of [dev.stdout!, dev.stderr!]) stream.on('data', text => (shown += text))
    await until('it runs', () => shown.includes('Ready.'), { detail: () => shown })
    const [start, chat] = blocks('In a chat', 'text')
    const lines = shown.split('\n').slice(0, start!.split('\n').length)
    expectLines(lines, start!)
    expectLines(await type(blocks('In a chat', 'sh')[0]!), chat!)
  })

  test('a change is seen in the chat', async () => {
    const file = join(project, 'plugins/hello/index.ts')
    const [, before, after] = /^-(.*)\n\+(.*)$/.exec(blocks('A change', 'diff')[0]!)!
    const text = readFileSync(file, 'utf8')
    expect(text).toContain(before)
    writeFileSync(file, text.replace(before!, after!))
    const [told, chat] = blocks('A change', 'text')
    await until('the change is told', () => shown.split('\n').some(line => looksLike([line], [told!])))
    expectLines(await type(blocks('A change', 'sh')[0]!), chat!)
  })

  test('all that takes less time than a person has', () => {
    const seconds = (performance.now() - begun) / 1000
    console.info(`docs/first-plugin.md: ${seconds.toFixed(0)} s without reading, typing and npm install`)
    expect(seconds).toBeLessThan(300)
  })
}
