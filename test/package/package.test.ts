import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../cli/new-home.ts'
import { folder, write } from '../e2e/places.ts'
import { followFirstPlugin } from './first-plugin-guide.ts'
import { filesIn, installPacked, pack } from './packed.ts'

let packed: Awaited<ReturnType<typeof pack>>
beforeAll(async () => {
  packed = await pack()
}, 300_000)
afterAll(() => packed?.remove())

/** A project that has installed the package, and nothing else of this checkout. */
function project(files: Readonly<Record<string, unknown>> = {}): string {
  const here = folder({ 'package.json': { name: 'apart', type: 'module' }, ...files })
  mkdirSync(join(here, 'node_modules'), { recursive: true })
  installPacked(packed.file, here)
  return here
}

/** Runs a program from the folder of its project. */
const run = (here: string, ...args: string[]) => runTool('beadle/bin/beadle.js', args, here, here)

test('the package has what runs, its types, and no sources', () => {
  const files = filesIn(packed.file)
  for (const name of [
    'bin/beadle.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/testing/index.d.ts',
    'README.md',
    'LICENSE',
  ])
    expect(files).toContain(name)
  expect(files.filter(name => /^(src|test|bench|docs|scripts|data)\//.test(name))).toEqual([])
  expect(
    files.filter(name => name.startsWith('dist/') && name.endsWith('.ts') && !name.endsWith('.d.ts')),
  ).toEqual([])
})

test('all that it exports is there, and is typed', { timeout: 180_000 }, async () => {
  const here = project({
    'tsconfig.json': {
      compilerOptions: {
        module: 'NodeNext',
        target: 'ES2023',
        lib: ['ES2023', 'ESNext.Disposable'],
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        types: ['node'],
      },
      include: ['*.ts'],
    },
    'all.ts': `
      import { AppError, definePlugin, z } from 'beadle'
      import { createClient } from 'beadle/client'
      import { startServer } from 'beadle/server'
      import { type World, world } from 'beadle/testing'
      const plugin = definePlugin({ name: 'a', config: z.strictObject({ n: z.int() }), setup(ctx, { n }) {
        const known: number = n
        ctx.command('a <b:int>', ({ args }) => String(args.b + known))
        // @ts-expect-error there is no such argument
        ctx.command('c <b:int>', ({ args }) => String(args.d))
      } })
      const of = (w: World): Promise<void> => w.settled()
      export const all = [AppError, plugin, createClient, startServer, world, of]
    `,
    'all.mjs': `
      import * as beadle from 'beadle'
      import * as client from 'beadle/client'
      import * as server from 'beadle/server'
      import * as testing from 'beadle/testing'
      const w = await testing.world({ plugins: [{ use: beadle.definePlugin({ name: 'a', setup: ctx => ctx.command('a', () => 'b') }) }] })
      await w.alice.says('/a')
      await w.group.expect('b')
      await w.close()
      console.log(typeof client.createClient, typeof server.startServer)
    `,
  })
  const types = await runTool('typescript/bin/tsc', [], here)
  expect(types.code, types.output).toBe(0)
  const runs = await runTool('../all.mjs', [], here, here)
  expect(runs).toEqual({ code: 0, output: 'function function\n' })
})

test('no plugin of the package is loaded unasked', async () => {
  const here = project({
    'config.yaml': 'jmessage: { appKey: beadle00townapp000000001, masterSecret: beadle00townsecret000001 }\n',
    'bots/a.yaml': 'username: a-bot\nplugins: { announce: {} }\n',
  })
  const refused = await run(here, 'check')
  expect(refused.code).toBe(1)
  expect(refused.output).toContain("there is no plugin 'announce'")
  write(join(here, 'bots/a.yaml'), 'username: a-bot\n')
  expect(await run(here, 'check')).toEqual({
    code: 0,
    output: 'config.yaml is right.\n  a as a-bot: no plugins\n',
  })
})

test('a plugin runs in a thread of its own there, too', async () => {
  const here = project({
    'thread.mjs': `
      import { world } from 'beadle/testing'
      const use = (await import('./plugins/own.mjs')).default
      const file = new URL('plugins/own.mjs', import.meta.url).pathname
      const w = await world({ plugins: [{ use, isolation: 'worker', file }] })
      const said = w.alice.says('/own')
      for (let n = 0; n < 500 && (await w.texts({ group: 'square' })).length < 2; n++) await new Promise(done => setTimeout(done, 20))
      await said
      console.log((await w.texts({ group: 'square' })).join())
      await w.close()
    `,
    'plugins/own.mjs': `
      import { definePlugin } from 'beadle'
      import { isMainThread } from 'node:worker_threads'
      export default definePlugin({ name: 'own', setup: ctx => ctx.command('own', () => isMainThread ? 'main' : 'thread') })
    `,
  })
  expect(await runTool('../thread.mjs', [], here, here)).toEqual({ code: 0, output: '/own,thread\n' })
})

// It takes long to pack: both have the same.
describe('docs/first-plugin.md', () => followFirstPlugin(() => packed.file))
