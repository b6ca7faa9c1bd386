import { expect, test } from 'vitest'
import { definePlugin } from '../../../../src/index.ts'
import { world } from '../../../world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const square = { group: 'square' } as const

test('a handler is told for which moment it runs, and how late that is', async () => {
  const clerk = definePlugin({
    name: 'clerk',
    setup(ctx) {
      ctx.cron('0 * * * *', { name: 'hour', missed: { all: '3h' } }, async ({ bot, scheduledAt, lateMs }) => {
        await bot.group(10000001).text(`${new Date(scheduledAt).getUTCHours()}: ${lateMs / MINUTE}`)
      })
    },
  })
  await using w = await world({ plugins: [{ use: clerk }] })
  await w.clock.advance(HOUR)
  await w.settled()
  await w.restart({ after: 2 * HOUR + 5 * MINUTE })
  await w.settled()
  expect(await w.texts(square)).toEqual(['1: 0', '2: 65', '3: 5'])
})

test('while a run is tried again, the schedule does not fire, and goes on afterwards', async () => {
  let broken = true
  const clerk = definePlugin({
    name: 'clerk',
    setup(ctx) {
      const say = (name: string, overlap: boolean) =>
        ctx.cron('* * * * * *', { name, overlap }, async ({ bot, scheduledAt }) => {
          if (broken && scheduledAt % MINUTE === 1000) throw new Error('not now')
          await bot.group(10000001).text(`${name} ${(scheduledAt % MINUTE) / 1000}`)
        })
      say('serial', false)
      say('overlapping', true)
    },
  })
  await using w = await world({ plugins: [{ use: clerk }] })
  await w.clock.advance(4000)
  await w.settled().catch(() => {})
  const said = await w.texts(square)
  expect(said).toEqual(['overlapping 2', 'overlapping 3', 'overlapping 4'])
  broken = false
  await w.clock.advance(20_000)
  await w.settled()
  const serial = (await w.texts(square)).filter(text => text.startsWith('serial'))
  expect(serial[0]).toBe('serial 1')
  // Nothing piled up: the second run is one of after the retry.
  expect(Number(serial[1]!.split(' ')[1])).toBeGreaterThan(4)
})

test.each([
  [{ missed: 'always' }, "missed must be 'skip', 'once'"],
  [{ missed: { once: 'soon' } }, "missed must be 'skip', 'once'"],
])('a plugin with the rule %j is refused with what is right', async (options, message) => {
  const clerk = definePlugin({
    name: 'clerk',
    setup: ctx => void ctx.cron('* * * * *', options as never, () => {}),
  })
  await expect(world({ plugins: [{ use: clerk }] })).rejects.toThrow(message)
})

test('a name is free again when its schedule was refused', async () => {
  const clerk = definePlugin({
    name: 'clerk',
    setup(ctx) {
      const say = (expression: string) =>
        ctx.cron(expression, { name: 'hour' }, ({ bot }) => bot.group(10000001).text('an hour'))
      expect(() => say('61 * * * *')).toThrow('minute')
      say('0 * * * *')
    },
  })
  await using w = await world({ plugins: [{ use: clerk }] })
  await w.clock.advance(HOUR)
  await w.settled()
  expect(await w.texts(square)).toEqual(['an hour'])
})
