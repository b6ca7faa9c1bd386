import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../../../src/base/clock.ts'
import { Cooldowns } from '../../../../src/runtime/plugin/commands/cooldowns.ts'
import { type StateKeep, storedState } from '../../../../src/runtime/plugin/state/state-keep.ts'
import { runtimeStore } from '../../../engine.ts'
import { ask, worldWith } from './commands-world.ts'

const SOON = 'Too soon: /dice can be used again in 10 s.'

test('a person who comes too soon is told once how long it takes, and is heard again then', async () => {
  await using w = await worldWith(ctx => {
    ctx.command('dice', { cooldown: '10s' }, () => 'six')
  })
  expect(await ask(w, '/dice')).toEqual(['six'])
  expect(await ask(w, '/dice')).toEqual([SOON])
  expect(await ask(w, '/dice')).toEqual([])
  expect(await ask(w, '/dice', 'carol')).toEqual(['six'])
  await w.clock.advance(9_000)
  expect(await ask(w, '/dice')).toEqual([])
  await w.restart()
  expect(await ask(w, '/dice')).toEqual([])
  await w.clock.advance(1_000)
  expect(await ask(w, '/dice')).toEqual(['six'])
  expect(await ask(w, '/dice')).toEqual([SOON])
})

test('several uses may be free, and roles exempt; owners are not by themselves', async () => {
  await using w = await worldWith(ctx => {
    ctx.command('dice', { cooldown: { for: '10s', uses: 2, exempt: 'moderator' } }, () => 'six')
    ctx.command('coin', { cooldown: '10s' }, () => 'heads')
  })
  expect(await ask(w, '/dice')).toEqual(['six'])
  await w.clock.advance(4_000)
  expect(await ask(w, '/dice')).toEqual(['six'])
  expect(await ask(w, '/dice')).toEqual(['Too soon: /dice can be used again in 6 s.'])
  for (const from of ['carol', 'carol', 'carol', 'alice', 'alice', 'alice'])
    expect(await ask(w, '/dice', from)).toEqual(['six'])
  expect(await ask(w, '/coin', 'alice')).toEqual(['heads'])
  expect(await ask(w, '/coin', 'alice')).toEqual(['Too soon: /coin can be used again in 10 s.'])
})

test('a conversation or the whole bot may have one together', async () => {
  await using w = await worldWith(
    ctx => {
      ctx.command('dice', { cooldown: { for: '10s', per: 'conversation' } }, () => 'six')
      ctx.command('coin', { cooldown: { for: '10s', per: 'bot' } }, () => 'heads')
    },
    { groups: ['square', 'market'] },
  )
  const market = { group: 'market' }
  expect(await ask(w, '/dice')).toEqual(['six'])
  expect(await ask(w, '/dice', 'carol')).toEqual([SOON])
  expect(await ask(w, '/dice', 'carol', market)).toEqual(['six'])
  expect(await ask(w, '/coin')).toEqual(['heads'])
  const soon = 'Too soon: /coin can be used again in 10 s.'
  expect(await ask(w, '/coin', 'carol')).toEqual([soon])
  expect(await ask(w, '/coin', 'carol', market)).toEqual([soon])
  expect(await ask(w, '/coin', 'bobby', market)).toEqual([])
})

test('what is wrong with a call does not begin one, and a handler that runs again is not stopped by its own', async () => {
  let runs = 0
  await using w = await worldWith(ctx => {
    ctx.command('dice <n:int>', { cooldown: '1m' }, () => {
      if (runs++ === 0) throw new Error('once')
      return 'six'
    })
  })
  await ask(w, '/dice x')
  await w.write({ from: 'bobby', text: '/dice 1', group: 'square' }).then(record => w.hear(record))
  await w.clock.advance(5_000)
  await w.settled()
  expect((await w.texts({ group: 'square' })).slice(-1)).toEqual(['six'])
  expect(runs).toBe(2)
})

test('lets as many through as there may be in any stretch of that length, whoever else calls', async () => {
  const call = fc.record({
    after: fc.nat(4000),
    person: fc.constantFrom('a', 'b', 'constructor', '__proto__'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      async (calls, uses) => {
        const cooldowns = new Cooldowns(inMemory())
        const rule = { forMs: 5000, per: 'person', uses, exempt: [] } as const
        const free: { person: string; at: number }[] = []
        let at = 0
        for (const [index, { after, person }] of calls.entries()) {
          at += after
          const one = { command: 'x', event: `${index}`, at, person, conversation: 'c' }
          const verdict = await cooldowns.note(one, rule)
          const before = free.filter(other => other.person === person && other.at > at - rule.forMs)
          expect(verdict.isFree).toBe(before.length < uses)
          if (verdict.isFree) free.push({ person, at })
          else expect(verdict.leftMs).toBe(before[0]!.at + rule.forMs - at)
          // Noted again, it is what it was.
          expect((await cooldowns.note(one, rule)).isFree).toBe(verdict.isFree)
        }
      },
    ),
    { seed: 8, numRuns: 100 },
  )
})

test('lets one through of many that come at the same moment', async () => {
  const store = await runtimeStore()
  const owner = { bot: 'bot', plugin: 'plugin' }
  const clock = new ManualClock()
  onTestFinished(() => store.close())
  const of = () => new Cooldowns(storedState({ store, clock, owner, shared: owner }))
  const rule = { forMs: 5000, per: 'bot', uses: 1, exempt: [] } as const
  const calls = Array.from({ length: 20 }, (_, index) =>
    of().note(
      { command: 'x', event: `${index}`, at: 1000 + index, person: `p${index}`, conversation: 'c' },
      rule,
    ),
  )
  const verdicts = await Promise.all(calls)
  expect(verdicts.filter(({ isFree }) => isFree)).toHaveLength(1)
  expect(verdicts.filter(one => !one.isFree && one.isFirst)).toHaveLength(1)
})

function inMemory(): StateKeep {
  const values = new Map<string, string>()
  return {
    read: async (_, key) => values.get(key),
    write: async (_, key, text) => void values.set(key, text),
    remove: async (_, key) => void values.delete(key),
    async change(_, key, make) {
      const text = make(values.get(key))
      values.set(key, text)
      return text
    },
    list: async () => [],
  }
}
