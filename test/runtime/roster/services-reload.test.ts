import { definePlugin, defineService, z } from 'beadle'
import { expect, test } from 'vitest'
import type { BotSpec, PluginSpec } from '../../../src/runtime/options.ts'
import { type World, world } from '../../world.ts'

const Clockwork = defineService<{ now(): string }>('clockwork')
const Bell = defineService<{ ring(): string }>('bell')

/** What was set up and undone, in order. */
let notes: string[] = []

const Tower = z.object({
  hour: z.string(),
  fails: z.boolean().default(false),
  slow: z.boolean().default(false),
})
let waits: Promise<void> | undefined
const tower = definePlugin({
  name: 'tower',
  config: Tower,
  provides: [Clockwork],
  async setup(ctx, { hour, fails, slow }) {
    notes.push(`+tower ${hour}`)
    if (slow) await waits
    ctx.provide(Clockwork, { now: () => hour })
    ctx.effect(() => () => void notes.push(`-tower ${hour}`))
    if (fails) throw new Error('it says no')
  },
})

const bell = definePlugin({
  name: 'bell',
  config: z.object({ fails: z.boolean().default(false) }),
  needs: [Clockwork],
  provides: [Bell],
  setup(ctx, { fails }) {
    const clock = ctx.service(Clockwork)
    notes.push(`+bell ${clock.now()}`)
    if (fails) throw new Error('it is cracked')
    ctx.provide(Bell, { ring: () => `ding ${clock.now()}` })
    return () => void notes.push(`-bell ${clock.now()}`)
  },
})

let kept: { ring(): string } | undefined
const ringer = definePlugin({
  name: 'ringer',
  wants: [Bell],
  setup(ctx) {
    const bell = ctx.service(Bell)
    kept ??= bell
    notes.push(`+ringer ${bell?.ring() ?? 'none'}`)
    ctx.command('ring', () => bell?.ring() ?? 'silence')
    return () => void notes.push('-ringer')
  },
})
const other = definePlugin({ name: 'other', setup: () => void notes.push('+other') })

const one = (name: string, definition: unknown, config: object): PluginSpec => ({
  ...{ name, config },
  definition: definition as PluginSpec['definition'],
})
const towered = (hour: string, more: object = {}, name = 'tower') =>
  one(name, tower, { hour, fails: false, slow: false, ...more })
const belled = (fails = false) => one('bell', bell, { fails })
const rung = one('ringer', ringer, {})
const others = one('other', other, {})
const bot = (plugins: readonly PluginSpec[], more: Partial<BotSpec> = {}): BotSpec => ({
  ...{ id: 'bot', username: 'test-bot', plugins },
  ...more,
})

/** Each is before what it uses. */
const all = (first: PluginSpec, second = belled()) => [rung, others, second, first]

async function home(): Promise<World> {
  notes = []
  kept = undefined
  const w = await world({ bots: [] })
  await w.runtime.apply([bot(all(towered('one')))])
  expect(notes).toEqual(['+tower one', '+bell one', '+ringer ding one', '+other'])
  notes = []
  return w
}

async function rings(w: World): Promise<string | undefined> {
  await w.say({ from: 'alice', group: 'square', text: '/ring' })
  await w.settled()
  return (await w.texts({ group: 'square' })).at(-1)
}

test('those that use a service are undone before it and loaded after it, and others are not touched', async () => {
  await using w = await home()
  const { changes, problems } = await w.runtime.apply([bot(all(towered('two')))])
  expect(problems).toEqual([])
  expect(changes[0]!.what).toEqual([
    'plugin tower: loaded anew',
    'plugin bell: loaded anew, as tower is',
    'plugin ringer: loaded anew, as bell is',
  ])
  expect(notes).toEqual(['-ringer', '-bell one', '-tower one', '+tower two', '+bell two', '+ringer ding two'])
  expect(await rings(w)).toBe('ding two')
  expect(() => kept!.ring()).toThrow(
    expect.objectContaining({
      code: 'service.gone',
      message: "the service 'bell' is gone: plugin bell, which provided it, was unloaded",
    }),
  )
  notes = []
  expect(await w.runtime.apply([bot(all(towered('two')))])).toEqual({ changes: [], problems: [] })
  expect(notes).toEqual([])
})

test('what is for those that use a service waits while it is loaded anew', async () => {
  await using w = await home()
  let open = () => {}
  waits = new Promise(resolve => {
    open = resolve
  })
  const applied = w.runtime.apply([bot(all(towered('two', { slow: true })))])
  const said = w.say({ from: 'alice', group: 'square', text: '/ring' })
  await w.write({ from: 'alice', group: 'square', text: 'meanwhile' })
  open()
  await applied
  await said
  await w.settled()
  expect(await w.texts({ group: 'square' })).toContain('ding two')
  expect(await w.texts({ group: 'square' })).not.toContain('ding one')
})

test('when a new version fails, the former comes back, and those that use it get that again', async () => {
  await using w = await home()
  const { changes, problems } = await w.runtime.apply([bot(all(towered('two', { fails: true })))])
  expect(changes).toEqual([])
  expect(problems.map(({ error }) => error.message)).toEqual(['plugin tower cannot be set up: it says no'])
  expect(notes).toEqual([
    ...['-ringer', '-bell one', '-tower one', '+tower two', '-tower two'],
    ...['+tower one', '+bell one', '+ringer ding one'],
  ])
  expect(await rings(w)).toBe('ding one')
  expect((await w.runtime.apply([bot(all(towered('three')))])).problems).toEqual([])
  expect(await rings(w)).toBe('ding three')
})

test('when one that uses a service fails, all are as they were', async () => {
  await using w = await home()
  const { problems } = await w.runtime.apply([bot(all(towered('two'), belled(true)))])
  expect(problems.map(({ error }) => error.message)).toEqual(['plugin bell cannot be set up: it is cracked'])
  expect(await rings(w)).toBe('ding one')
  expect(w.runtime.bots[0]!.plugins.map(({ name }) => name).sort()).toEqual([
    'bell',
    'other',
    'ringer',
    'tower',
  ])
})

test('a service that is needed does not go, and one that is wanted does', async () => {
  await using w = await home()
  const { changes, problems } = await w.runtime.apply([bot([rung, others, belled()])])
  expect(changes).toEqual([])
  expect(problems.map(({ error }) => error.message)).toEqual([
    "bot bot: plugin bell needs the service 'clockwork', which no plugin of this bot provides",
  ])
  expect(notes).toEqual([])
  expect(await rings(w)).toBe('ding one')
  await w.runtime.apply([bot([rung, others])])
  expect(notes).toEqual(['-ringer', '-bell one', '-tower one', '+ringer none'])
  expect(await rings(w)).toBe('silence')
  notes = []
  await w.runtime.apply([bot(all(towered('two')))])
  expect(notes).toEqual(['+tower two', '+bell two', '-ringer', '+ringer ding two'])
  expect(await rings(w)).toBe('ding two')
})

test('another choice of who provides a service takes effect', async () => {
  await using w = await home()
  const both = [...all(towered('one')), towered('other', {}, 'belfry')]
  const unclear = await w.runtime.apply([bot(both)])
  expect(unclear.problems[0]!.error.message).toContain('which tower and belfry provide')
  await w.runtime.apply([bot(both, { services: { clockwork: 'tower' } })])
  expect(await rings(w)).toBe('ding one')
  const { changes } = await w.runtime.apply([bot(both, { services: { clockwork: 'belfry' } })])
  expect(changes[0]!.what).toEqual(['plugin bell: loaded anew', 'plugin ringer: loaded anew, as bell is'])
  expect(await rings(w)).toBe('ding other')
})

test('what cannot come back goes, with those that use it, and comes with the next reload', async () => {
  await using w = await home()
  // It fails whatever it is given, until it is mended.
  let isBroken = false
  const brittle = {
    ...tower,
    setup: ((ctx, config) => {
      if (isBroken) throw new Error('broken')
      return tower.setup(ctx, config as never)
    }) as typeof tower.setup,
  }
  const first = { ...towered('one'), definition: brittle as PluginSpec['definition'] }
  await w.runtime.apply([bot(all(first))])
  isBroken = true
  const { problems } = await w.runtime.apply([bot(all({ ...first, config: { hour: 'two' } }))])
  expect(problems).toHaveLength(1)
  expect(w.runtime.bots[0]!.plugins.map(({ name }) => name)).toEqual(['other'])
  isBroken = false
  expect((await w.runtime.apply([bot(all(first))])).problems).toEqual([])
  expect(await rings(w)).toBe('ding one')
})
