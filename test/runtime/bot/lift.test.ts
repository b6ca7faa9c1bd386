import { expect, test } from 'vitest'
import { definePlugin } from '../../../src/index.ts'
import { type World, world } from '../../world.ts'

const square = { group: 'square' } as const
const MINUTE = 60_000

/** Does what its commands say, and then fails as often as it is told to. */
function moderator(failures: { left: number }) {
  return definePlugin({
    name: 'moderator',
    setup(ctx) {
      const fail = () => {
        if (failures.left-- > 0) throw new Error('afterwards')
      }
      ctx.webhook('mute', { auth: 'none', dedupe: 'off' }, async ({ body, bot }) => {
        const { user, term } = body as { user: string; term?: string }
        await bot.group(10000001).mute(user, term === undefined ? {} : { for: term })
        fail()
      })
      ctx.webhook('unmute', { auth: 'none', dedupe: 'off' }, async ({ body, bot }) => {
        await bot.group(10000001).unmute((body as { user: string }).user)
        fail()
      })
    },
  })
}

async function town() {
  const failures = { left: 0 }
  const w = await world({ plugins: [{ use: moderator(failures) }] })
  const mute = (term?: string) => w.hook('/hooks/bot/moderator/mute', { user: 'bobby', term })
  const unmute = () => w.hook('/hooks/bot/moderator/unmute', { user: 'bobby' })
  const pass = async (ms: number) => {
    await w.clock.advance(ms)
    await w.settled()
  }
  return { w, failures, mute, unmute, pass, [Symbol.asyncDispose]: () => w[Symbol.asyncDispose]() }
}

const canSay = (w: World) =>
  w.say({ from: 'bobby', ...square, text: 'may I?' }).then(
    () => true,
    () => false,
  )

test('a handler that runs again does not shorten the newer term of another', async () => {
  await using t = await town()
  t.failures.left = 1
  await t.mute('1m')
  await t.mute('30m')
  // The first handler runs again meanwhile.
  await t.pass(10 * MINUTE)
  expect(t.failures.left).toBeLessThan(0)
  expect(await canSay(t.w)).toBe(false)
  await t.pass(21 * MINUTE)
  expect(await canSay(t.w)).toBe(true)
})

test('a handler that runs again does not put an end to a newer mute for good', async () => {
  await using t = await town()
  t.failures.left = 1
  await t.mute('1m')
  await t.mute()
  await t.pass(10 * MINUTE)
  expect(await canSay(t.w)).toBe(false)
})

test('a handler that unmutes and runs again does not make a newer mute last for ever', async () => {
  await using t = await town()
  await t.mute('5m')
  t.failures.left = 1
  await t.unmute()
  await t.mute('30m')
  await t.pass(20 * MINUTE)
  expect(await canSay(t.w)).toBe(false)
  await t.pass(11 * MINUTE)
  expect(await canSay(t.w)).toBe(true)
})

test('a mute whose handler ran again ends, and ends once', async () => {
  await using t = await town()
  t.failures.left = 2
  await t.mute('5m')
  await t.pass(6 * MINUTE)
  expect(await canSay(t.w)).toBe(true)
  await t.w.client.groups.silence({ gid: 10000001, status: true, body: ['bobby'] })
  await t.pass(30 * MINUTE)
  // What others do is theirs.
  expect(await canSay(t.w)).toBe(false)
})

test('a term ends in an outage as soon as that is over, after the mute itself', async () => {
  await using t = await town()
  const rules = [{ fault: 'error' as const, endpoints: ['groups.silence'] }]
  await t.w.misbehave(rules)
  await t.mute('5m')
  await t.w.clock.advance(30 * MINUTE)
  await t.w.misbehave([])
  await t.w.clock.advance(5 * MINUTE)
  await t.w.settled()
  expect(await canSay(t.w)).toBe(true)
})

test('a mute that was to end while the process was down ends at the start', async () => {
  await using t = await town()
  await t.mute('5m')
  await t.w.restart({ after: 60 * MINUTE })
  await t.w.settled()
  expect(await canSay(t.w)).toBe(true)
})

test('where there is nothing to lift any more, that is noted and nothing is left', async () => {
  await using t = await town()
  await t.mute('5m')
  await t.w.client.groups.members.remove({ gid: 10000001, body: ['bobby'] })
  await t.pass(6 * MINUTE)
  expect(t.w.log.filter(({ level }) => level === 'error')).toEqual([])
})
