import { expect, test } from 'vitest'
import type { PluginSpec } from '../../../src/runtime/options.ts'
import { ask, threaded, worldOf } from './worker-world.ts'

const SAYS = `
  if (config.word === 'none') throw new Error('there is nothing to say')
  ctx.command('say', () => config.word)`

test('a plugin in a thread takes other settings, and goes on with its own when they do not set up', async () => {
  const plugin = await threaded(SAYS, { config: 'z.object({ word: z.string() })', settings: { word: 'one' } })
  await using w = await worldOf([plugin])
  const [bot] = w.runtime.bots
  const saying = (word: string): PluginSpec => ({ ...bot!.plugins[0]!, config: { word }, settings: { word } })
  const apply = (word: string) => w.runtime.apply([{ ...bot!, plugins: [saying(word)] }])
  expect(await ask(w, '/say')).toEqual(['one'])
  expect((await apply('two')).problems).toEqual([])
  expect(await ask(w, '/say')).toEqual(['two'])
  expect((await apply('none')).problems).toMatchObject([
    { error: { message: 'plugin plugin cannot be set up: there is nothing to say' } },
  ])
  expect(await ask(w, '/say')).toEqual(['two'])
  const main = { ...saying('three'), isolation: 'none' as const }
  expect((await w.runtime.apply([{ ...bot!, plugins: [main] }])).problems).toEqual([])
  expect(await ask(w, '/say')).toEqual(['three'])
})
