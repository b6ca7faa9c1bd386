import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { onTestFinished } from 'vitest'
import * as publicFace from '../../../src/index.ts'
import { PluginLoader } from '../../../src/runtime/plugin/loading/loader.ts'
import type { Place, PluginUse } from '../../../src/testing/index.ts'
import { type World, type WorldOptions, world } from '../../world.ts'

/** How long real threads are waited for, and how often is looked. */
const PATIENCE_MS = 25_000
const LOOK_MS = 20

/** A plugin that is written to a file, and runs in a thread of its own. `setup`: the body of its setup. */
export async function threaded(
  setup: string,
  more: Omit<PluginUse, 'use' | 'file' | 'isolation'> & {
    config?: string
    settings?: unknown
    /** As they are written. */
    texts?: string
  } = {},
): Promise<PluginUse> {
  const { name = 'plugin', config, settings, texts = '{ en: {} }', ...rest } = more
  const folder = mkdtempSync(join(tmpdir(), 'beadle-worker-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, `${name}.ts`)
  const fields = config === undefined ? '' : `config: ${config},`
  writeFileSync(
    file,
    `import { isMainThread } from 'node:worker_threads'
import { AppError, answer, definePlugin, RetractTooLate, TemplateField, UserError, z } from 'beadle'
export const known = { isMainThread, AppError, answer, RetractTooLate, TemplateField, UserError, z }
export default definePlugin({ name: '${name}', ${fields} texts: ${texts}, setup(ctx, config) { ${setup} } })`,
  )
  return { ...(await inThread(file)), ...rest, name, config: settings }
}

/** A plugin of a file, in a thread of its own. */
export async function inThread(file: string): Promise<PluginUse> {
  const use = await new PluginLoader({ folders: [], publicFace }).loadFile(file, file)
  return { use, file, isolation: 'worker' }
}

export const worldOf = async (plugins: readonly PluginUse[], options: WorldOptions = {}): Promise<World> =>
  world({ ...options, plugins })

/** Waits for what a thread does: it lives in real time, also where the clock stands still. */
export async function until(what: () => unknown): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`not so in time: ${what}`)
    await new Promise(resolve => setTimeout(resolve, LOOK_MS))
  }
}

/** Says something in the square, and waits for what is said next. */
export async function ask(w: World, text: string, from = 'alice'): Promise<string[]> {
  const square = { group: 'square' } as const
  const before = (await w.texts(square)).length
  await w.say({ from, ...square, text })
  await until(() => w.runtime.waiting === 0)
  return (await w.texts(square)).slice(before + 1)
}

/** Waits until texts were said at a place, as the last ones. */
export async function said(w: World, place: Place, texts: readonly string[]): Promise<void> {
  await until(async () => isDeepStrictEqual((await w.texts(place)).slice(-texts.length), texts))
}
