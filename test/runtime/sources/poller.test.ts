import fc from 'fast-check'
import { expect, test } from 'vitest'
import { world } from './polling-world.ts'

const DAY = 86_400_000

test('the first start hears what is said from then on', async () => {
  const w = await world()
  w.history.say('before')
  await w.clock.advance(3_600_000)
  w.start()
  await w.clock.advance(1000)
  w.history.say('after')
  await w.clock.advance(1000)
  expect(w.heard).toEqual(['after'])
  await w.stop()
})

test('one that begins later than others hears what is said from its start on, and from where it had come to', async () => {
  const w = await world()
  w.history.say('before')
  await w.clock.advance(3_600_000)
  w.start(700)
  await w.clock.advance(300)
  expect(w.history.requests).toBe(0)
  w.history.say('after')
  await w.clock.advance(500)
  expect(w.heard).toEqual(['after'])
  await w.stop()
  w.history.say('meanwhile')
  await w.clock.advance(10_000)
  w.start(700)
  await w.clock.advance(800)
  expect(w.heard).toEqual(['after', 'meanwhile'])
  await w.stop()
})

test('own bots are passed over', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.say('mine', 'robot')
  w.history.say('theirs')
  await w.clock.advance(1000)
  expect(w.heard).toEqual(['theirs'])
  await w.stop()
})

test('what was said during an absence of weeks is made up for, in ranges that JMessage allows', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(5000)
  await w.stop()
  const texts: string[] = []
  for (let day = 0; day < 30; day++) {
    w.history.say(`day ${day}`)
    texts.push(`day ${day}`)
    await w.clock.advance(DAY)
  }
  w.start()
  for (let look = 0; look < 50 && w.heard.length < texts.length; look++) await w.clock.advance(1000)
  expect(w.heard).toEqual(texts)
  expect(Math.max(...w.history.ranges)).toBeLessThanOrEqual(7 * DAY)
  await w.stop()
})

test('a history that cannot be read is told of once, and made up for when it can', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.isDown = true
  w.history.say('during')
  await w.clock.advance(600_000)
  w.history.isDown = false
  await w.clock.advance(60_000)
  expect(w.heard).toEqual(['during'])
  expect(w.log.lines.map(({ message }) => message)).toEqual([
    'the message history cannot be read; trying again',
    'the message history can be read again',
  ])
  await w.stop()
})

test('a clock of JMessage that is ahead or behind loses nothing', async () => {
  for (const skewMs of [-5 * 60_000, 5 * 60_000, 5 * 3_600_000]) {
    const w = await world()
    w.history.skewMs = skewMs
    w.start()
    await w.clock.advance(20 * 60_000)
    // A first message tells how JMessage's clock goes.
    w.history.say('one')
    await w.clock.advance(2000)
    w.history.say('two')
    await w.clock.advance(2000)
    expect([skewMs, w.heard]).toEqual([skewMs, ['one', 'two']])
    await w.stop()
  }
})

test('while nothing is said nothing is written, but for once a minute', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.say('last words')
  await w.clock.advance(2000)
  const { write } = w.store
  let writes = 0
  w.store.write = work => {
    writes++
    return write(work)
  }
  await w.clock.advance(3_600_000)
  expect(w.heard).toEqual(['last words'])
  expect(writes).toBeLessThanOrEqual(60)
  await w.stop()
})

test('stop does not wait for JMessage', async () => {
  const w = await world()
  w.start()
  await w.clock.advance(1000)
  w.history.hangs = true
  await w.clock.advance(1000)
  await w.stop()
  expect(w.log.lines).toEqual([])
})

test('property: over pages, restarts and outages each message is heard once, in order', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ say: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 4, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 30_000 }) }) },
    { weight: 1, arbitrary: fc.record({ down: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, pageSize) => {
        const w = await world()
        w.history.pageSize = pageSize
        w.start()
        await w.clock.advance(1000)
        let n = 0
        for (const one of steps) {
          if ('say' in one) for (let i = 0; i < one.say; i++) w.history.say(`${n++}`)
          else if ('passMs' in one) await w.clock.advance(one.passMs)
          else if ('down' in one) w.history.isDown = one.down
          else {
            await w.stop()
            w.start()
          }
        }
        w.history.isDown = false
        for (let look = 0; look < 200 && w.heard.length < n; look++) await w.clock.advance(1000)
        await w.clock.advance(3000)
        await w.stop()
        expect(w.heard).toEqual(Array.from({ length: n }, (_, index) => `${index}`))
        await w.store.close()
      },
    ),
    { numRuns: 80 },
  )
}, 120_000)
