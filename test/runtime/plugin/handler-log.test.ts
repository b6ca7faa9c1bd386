import { definePlugin } from 'beadle'
import { expect, test } from 'vitest'
import { type World, world } from '../../world.ts'
import { threaded, until, worldOf } from './worker-world.ts'

const square = { group: 'square' } as const

/** The events in lines that say a text, one for each. */
const eventsOf = (w: World, text: string) =>
  w.log.filter(({ message }) => message === text).map(({ fields }) => fields.event)

test('listeners have a log that tells of the event, and its commands the same', async () => {
  const plugin = definePlugin({
    name: 'plugin',
    setup(ctx) {
      ctx.on('message', async (_message, next, { log, event }) => {
        log.info({ said: event.type }, 'heard')
        await next()
        log.info({}, 'done')
      })
      ctx.command('ping', ({ log }) => log.info({}, 'pinged'))
    },
  })
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.say({ from: 'alice', ...square, text: '/ping' })
  await w.say({ from: 'alice', ...square, text: 'hello' })
  const [first, second] = eventsOf(w, 'heard')
  expect(first).toMatch(/^\w{26}$/)
  expect(second).toMatch(/^\w{26}$/)
  expect(second).not.toBe(first)
  expect(eventsOf(w, 'pinged')).toEqual([first])
  expect(eventsOf(w, 'done')).toEqual([first, second])
  const heard = w.log.find(({ message }) => message === 'heard')
  expect(heard?.fields).toMatchObject({ bot: 'bot', plugin: 'plugin', said: 'message.text' })
})

test('a listener makes a job once, though it runs again', async () => {
  let runs = 0
  const plugin = definePlugin({
    name: 'plugin',
    setup(ctx) {
      ctx.on('message', async (message, _next, { job }) => {
        await job('later', { after: 60_000 }, message.text)
        if (++runs === 1) throw new Error('once more')
      })
      ctx.onJob<string>('later', ({ bot, data }) => bot.group(10000001).text(`you said ${data}`))
    },
  })
  await using w = await world({ plugins: [{ use: plugin }] })
  await w.say({ from: 'alice', ...square, text: 'hello' })
  await w.clock.advance(180_000)
  await w.settled()
  expect(runs).toBe(2)
  expect(await w.texts(square)).toEqual(['hello', 'you said hello'])
})

test('listeners in threads have it, too', async () => {
  const plugin = await threaded(
    `ctx.on('message', (message, next, { log, event }) => log.info({ id: event.id }, 'heard'))`,
  )
  await using w = await worldOf([plugin])
  await w.say({ from: 'alice', ...square, text: 'hello' })
  await until(() => eventsOf(w, 'heard').length > 0)
  const line = w.log.find(({ message }) => message === 'heard')!
  expect(line.fields.event).toBe(line.fields.id)
})
