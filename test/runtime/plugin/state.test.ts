import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { PluginState } from '../../../src/runtime/plugin/state/state.ts'
import { storedState } from '../../../src/runtime/plugin/state/state-keep.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'

test('a value is kept by a key that is as long as can be, and a longer one is refused', async () => {
  const store = await runtimeStore()
  const owner = { bot: 'bot', plugin: 'plugin' }
  const keep = storedState({ store, clock: new QuietClock(), owner, shared: { bot: '', plugin: 'plugin' } })
  const state = new PluginState(keep, async saved => saved as never, 'plugin')
  // Of what does not get shorter by being packed.
  const key = randomBytes(500).toString('hex')
  await state.set(key, 1)
  expect(await state.update<number>(key, (n = 0) => n + 1)).toBe(2)
  expect(await state.get(key)).toBe(2)
  // What is noted beside it has a longer key yet.
  const once = randomBytes(100).toString('hex')
  expect(await state.update<number>(key, (n = 0) => n + 1, { once })).toBe(3)
  expect(await state.update<number>(key, (n = 0) => n + 1, { once })).toBe(3)
  const refusal = { code: 'state.key', message: expect.stringContaining('1001 bytes') }
  await expect(state.set(`${key}x`, 1)).rejects.toMatchObject(refusal)
  await expect(state.update(`${key}x`, () => 1)).rejects.toMatchObject(refusal)
  expect(await state.get(`${key}x`)).toBeUndefined()
})
