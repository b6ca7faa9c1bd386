import { expect, test } from 'vitest'
import type { Priority } from '../../../src/base/priority.ts'
import { OutboxWorld, sending } from './outbox-world.ts'

test('callers that wait for others are told at once when the quota is used up meanwhile', async () => {
  const w = await OutboxWorld.open({}, 100)
  await w.send('first')
  const sends = Array.from({ length: 200 }, (_, index) => w.send(`${index}`, { origin: 'fresh' }))
  const states = await Promise.race([
    Promise.all(sends).then(outcomes => outcomes.map(({ state }) => state)),
    w.clock.advance(1000).then(() => 'not told'),
  ])
  // Notices leave a twelfth of the quota to answers.
  expect(states).toEqual([...Array(91).fill('sent'), ...Array(109).fill('queued')])
  await w.drain()
  expect(w.jmessage.texts).toEqual(['first', ...sends.map((_, index) => `${index}`)])
})

test('reads that always wait for the quota leave half of it to answers, and some to notices', async () => {
  const w = await OutboxWorld.open({}, 60)
  await w.send('first')
  let reads = 0
  let over = false
  const reader = async () => {
    while (!over) {
      await w.client.groups.members.list({ gid: 10001 })
      reads++
    }
  }
  for (let n = 0; n < 30; n++) void reader()
  await w.clock.advance(1000)
  const said = async (priority: Priority, minutes: number) => {
    const before = { texts: w.jmessage.texts.length, reads }
    for (let n = 0; n < 200; n++) {
      const call = sending(priority, { key: w.makeId(), group: `${n}`, origin: 'own', at: w.clock.now() })
      void w.outbox.main.submit({ ...call, priority })
    }
    await w.clock.advance(minutes * 60_000)
    return { texts: w.jmessage.texts.length - before.texts, reads: reads - before.reads }
  }
  await w.clock.advance(60_000)
  const answers = await said('reply', 3)
  expect(answers.texts).toBeGreaterThan(80)
  expect(answers.reads).toBeGreaterThan(80)
  await w.clock.advance(5 * 60_000)
  const notices = await said('notice', 5)
  expect(notices.texts).toBeGreaterThan(10)
  expect(notices.reads).toBeGreaterThan(100)
  over = true
})
