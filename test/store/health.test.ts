import { expect, onTestFinished, test } from 'vitest'
import { Health } from '../../src/store/health.ts'
import { StoreError } from '../../src/store/index.ts'

const LOOK_MS = 30

test('a look that fails after a long time is made again after a longer one, as all else waits for it', async () => {
  let looks = 0
  const health = new Health({
    refusal: cause => cause as StoreError,
    everyMs: 1,
    look() {
      looks++
      for (const end = performance.now() + LOOK_MS; performance.now() < end; );
      throw new StoreError('store.gone', 'it is gone')
    },
    async probe() {},
  })
  onTestFinished(() => health.close())
  await new Promise(resolve => setTimeout(resolve, 15 * LOOK_MS))
  expect(looks).toBeGreaterThanOrEqual(1)
  expect(looks).toBeLessThanOrEqual(2)
  expect(health.state).toMatchObject({ ok: false, code: 'store.gone' })
  expect(() => health.check()).toThrow('it is gone')
})
