import { expect, test } from 'vitest'
import type { Bot } from '../../../src/runtime/bot/bot.ts'
import { world } from '../../world.ts'

const WRONG = [0, -1, 1.5, 1001, Number.NaN, Number.POSITIVE_INFINITY, '10' as never]

test.each(WRONG)(
  'a page of %s broadcasts or results is refused, and what is allowed is told',
  async limit => {
    await using w = await world()
    const [bot] = w.runtime.host.bots as [Bot]
    const broadcast = await bot.broadcast({ to: { users: ['alice', 'bobby'] }, text: 'hello' })
    await broadcast.done()
    const refusal = {
      code: 'broadcast.invalid',
      message: `limit must be a whole number from 1 to 1000, not ${limit}`,
    }
    await expect(bot.broadcasts({ limit })).rejects.toMatchObject(refusal)
    await expect(broadcast.results({ limit })).rejects.toMatchObject(refusal)
    await expect(broadcast.results({ limit, state: 'sent' })).rejects.toMatchObject(refusal)
    expect(await bot.broadcasts({ limit: 1 })).toHaveLength(1)
    expect(await broadcast.results({ limit: 1000 })).toHaveLength(2)
  },
)
