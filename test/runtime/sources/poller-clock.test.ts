import { expect, test } from 'vitest'
import { world } from './polling-world.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

test('when the clock was ahead from the first start on, what is said is heard once it is set right', async () => {
  const w = await world()
  w.machine.aheadMs = HOUR
  w.start()
  await w.clock.advance(20 * 60_000)
  w.machine.aheadMs = 0
  w.history.say('one')
  await w.clock.advance(2000)
  w.history.say('two')
  await w.clock.advance(2000)
  expect(w.heard).toEqual(['one', 'two'])
  await w.stop()
})

test('what is said while the clock is ahead is heard at the latest once it is set right', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.say('before')
  await w.clock.advance(1000)
  w.machine.aheadMs = HOUR
  for (let n = 0; n < 6; n++) {
    await w.clock.advance(20 * 60_000)
    w.history.say(`ahead ${n}`)
  }
  await w.clock.advance(2000)
  w.machine.aheadMs = 0
  await w.clock.advance(2000)
  w.history.say('after')
  await w.clock.advance(2000)
  expect(w.heard).toEqual(['before', ...Array.from({ length: 6 }, (_, n) => `ahead ${n}`), 'after'])
  await w.stop()
})

test.each([2 * HOUR, 365 * DAY])(
  'a clock that is set wrong, back by %i ms, loses nothing and has little read again',
  async aheadMs => {
    const w = await world()
    w.start()
    await w.clock.advance(1000)
    for (let n = 0; n < 20; n++) {
      w.history.say(`${n}`)
      await w.clock.advance(10 * 60_000)
    }
    const before = w.history.requests
    w.machine.aheadMs = -aheadMs
    await w.clock.advance(2000)
    w.history.say('20')
    await w.clock.advance(2000)
    expect(w.history.requests - before).toBeLessThan(10)
    w.machine.aheadMs = 0
    await w.clock.advance(2000)
    w.history.say('21')
    await w.clock.advance(2000)
    expect(w.heard).toEqual(Array.from({ length: 22 }, (_, n) => `${n}`))
    await w.stop()
  },
)

test('a clock that is set back by a year before anything was heard neither stops the hearing nor has old messages heard', async () => {
  const w = await world()
  w.history.say('long ago')
  await w.clock.advance(30 * DAY)
  w.start()
  await w.clock.advance(1000)
  w.machine.aheadMs = -365 * DAY
  await w.clock.advance(HOUR)
  w.history.say('one')
  await w.clock.advance(2000)
  expect(w.heard).toEqual(['one'])
  w.machine.aheadMs = 0
  await w.clock.advance(2000)
  w.history.say('two')
  await w.clock.advance(2000)
  expect(w.heard).toEqual(['one', 'two'])
  await w.stop()
})

test('a store that refuses while the clock is set back loses nothing', async () => {
  const w = await world()
  w.machine.aheadMs = HOUR
  w.start()
  await w.clock.advance(20 * 60_000)
  w.machine.aheadMs = 0
  const { write } = w.store
  w.store.write = () => Promise.reject(new Error('disk full'))
  w.history.say('one')
  await w.clock.advance(10_000)
  w.store.write = write
  await w.clock.advance(60_000)
  expect(w.heard).toEqual(['one'])
  await w.stop()
})
