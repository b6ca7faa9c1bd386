import { expect, test } from 'vitest'
import { OutboxWorld } from './outbox-world.ts'

const isRead = (path: string) => path.startsWith('/v2/')

for (const restarted of [false, true]) {
  test.each(['refused', 'reset-before', 'http-500-before'] as const)(
    `a message in doubt${restarted ? ' since a crash' : ''} does not stop other conversations while the history cannot be read (%s)`,
    async fault => {
      const w = await OutboxWorld.open()
      w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
      const once = await w.send('once', { group: '1' })
      const after = await w.send('after', { group: '1' })
      w.jmessage.fault = path => (isRead(path) ? fault : undefined)
      if (restarted) await w.crash()
      await w.clock.advance(5000)
      const others: string[] = []
      for (let n = 0; n < 60; n++) {
        others.push(`other ${n}`)
        void w.send(`other ${n}`, { group: '2' })
        await w.clock.advance(5000)
      }
      expect(w.jmessage.texts).toEqual(['once', ...others])
      w.jmessage.fault = () => undefined
      await w.drain()
      expect(await w.outbox.main.ended(once.id)).toMatchObject({ state: 'sent' })
      expect(await w.outbox.main.ended(after.id)).toMatchObject({ state: 'sent' })
      expect(w.jmessage.texts.slice(others.length)).toEqual([others.at(-1), 'after'])
    },
  )
}

test('a message that was not sent is, however often the history could not be read before', async () => {
  const w = await OutboxWorld.open({ attempts: 3 })
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-before' : undefined)
  const { id } = await w.send('patient', { group: '1' })
  w.jmessage.fault = path => (isRead(path) ? 'reset-before' : undefined)
  for (let n = 0; n < 60; n++) {
    void w.send(`other ${n}`, { group: '2' })
    await w.clock.advance(5000)
  }
  w.jmessage.fault = () => undefined
  await w.drain()
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'sent' })
})

test('what the history cannot be asked about for as long as calls may wait is unsure, and holds up its conversation no longer', async () => {
  const w = await OutboxWorld.open({ ageMs: 600_000 })
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const { id } = await w.send('once', { group: '1' })
  w.jmessage.fault = path => (isRead(path) ? 'refused' : undefined)
  await w.send('other', { group: '2' })
  await w.drain()
  await expect(w.outbox.main.ended(id)).rejects.toMatchObject({ code: 'outbox.in-doubt' })
  expect(await w.rows()).toMatchObject([{ state: 'unsure' }, { state: 'sent' }])
  expect(await w.send('later', { group: '1' })).toMatchObject({ state: 'sent' })
})

test('where nobody else asks for anything, a message is in doubt for as long as the history reaches back', async () => {
  const w = await OutboxWorld.open({ ageMs: 600_000 })
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const { id } = await w.send('once', { group: '1' })
  w.jmessage.fault = path => (isRead(path) ? 'refused' : undefined)
  await w.clock.advance(3_600_000)
  expect(await w.rows()).toMatchObject([{ key: id, state: 'doubtful' }])
  Object.assign(w.clock, { now: () => Date.UTC(2026, 0, 8) })
  await w.clock.advance(60_000)
  expect(await w.rows()).toMatchObject([{ key: id, state: 'unsure' }])
})

test('a message that is taken back while it is in doubt is not made, if it turns out not to have been', async () => {
  const w = await OutboxWorld.open()
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-before' : undefined)
  const { id } = await w.send('never mind')
  w.jmessage.fault = () => undefined
  expect(await w.outbox.cancel(id)).toBe(false)
  await w.drain()
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'cancelled' })
  expect(w.jmessage.texts).toEqual([])
})

test('a history whose pages ran out while they were read is read anew', async () => {
  const w = await OutboxWorld.open()
  for (let n = 0; n < 4; n++) await w.send(`earlier ${n}`)
  w.jmessage.fault = path => (path === '/v1/messages' ? 'reset-after' : undefined)
  const { id } = await w.send('once')
  let expired = 2
  w.jmessage.fault = path => (path.includes('cursor=') && expired-- > 0 ? 'http-400' : undefined)
  await w.drain()
  expect(await w.outbox.main.ended(id)).toMatchObject({ state: 'sent' })
  expect(w.jmessage.texts.filter(text => text === 'once')).toEqual(['once'])
})
