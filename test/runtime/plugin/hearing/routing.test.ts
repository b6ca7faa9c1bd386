import fc from 'fast-check'
import { expect, test } from 'vitest'
import { silentLog } from '../../../../src/base/log.ts'
import type { MessageRecord } from '../../../../src/protocol/index.ts'
import { Bot } from '../../../../src/runtime/bot/bot.ts'
import type { ImEventData } from '../../../../src/runtime/events/event.ts'
import { definePlugin } from '../../../../src/runtime/plugin/define.ts'
import { hearers } from '../../../../src/runtime/plugin/hearing/hearing-paths.ts'
import { Lookup } from '../../../../src/runtime/plugin/hearing/lookup.ts'
import { PluginHost } from '../../../../src/runtime/plugin/host.ts'
import { world } from '../../../world.ts'
import { type ModelBot, RoutingModel, type Wish } from './routing-model.ts'

const APPS = ['app-a', 'app-b']
const BOTS = ['one', 'two', 'three']
const PLUGINS = ['x', 'y', 'z']
const WORDS = ['ping', 'pong', '公告']
const EVENTS = ['group.updated', 'user.updated'] as const

const ids = fc.constantFrom(1, 2, 3)
const heardIds = fc.oneof(
  fc.constant('all' as const),
  fc.constant('none' as const),
  fc.array(ids, { maxLength: 3 }),
)
const hearing = fc.record({ groups: heardIds, rooms: heardIds, direct: fc.boolean() })
const place = fc.oneof(
  fc.constantFrom(undefined, 'group' as const, 'room' as const, 'direct' as const),
  fc.record({ groups: fc.array(ids, { maxLength: 2 }), rooms: fc.array(ids, { maxLength: 2 }) }),
)
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    kind: fc.constant('listener' as const),
    name: fc.constantFrom('message', 'message.text', 'message.image'),
    in: place,
    from: fc.constantFrom(undefined, 'alice', 'bobby'),
  }),
  fc.record({ kind: fc.constant('command' as const), name: fc.constantFrom(...WORDS) }),
  fc.record({ kind: fc.constant('event' as const), name: fc.constantFrom(...EVENTS) }),
)
const wishes = fc.uniqueArray(wish, {
  maxLength: 4,
  selector: ({ kind, name }) => (kind === 'command' ? name : {}),
})
const bot = fc.constantFrom(...BOTS)
const plugin = fc.constantFrom(...PLUGINS)
const step = fc.oneof(
  fc.record({ do: fc.constant('bot' as const), bot, hearing, app: fc.constantFrom(...APPS) }),
  fc.record({ do: fc.constant('hearing' as const), bot, hearing }),
  fc.record({ do: fc.constant('remove' as const), bot }),
  fc.record({ do: fc.constant('load' as const), bot, plugin, wishes, prefix: fc.constantFrom('/', '!!') }),
  fc.record({ do: fc.constant('loading' as const), bot, plugin, wishes, isGood: fc.boolean() }),
  fc.record({ do: fc.constant('unload' as const), bot, plugin }),
  fc.record({ do: fc.constant('more' as const), bot, plugin, wish }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const records: MessageRecord[] = (['group', 'chatroom', 'single'] as const).flatMap(target_type =>
  (target_type === 'single' ? BOTS.map(id => `${id}-bot`) : ['1', '2', '3']).flatMap(target_id =>
    ['alice', 'bobby'].flatMap(from_id =>
      ['/ping', '!!PONG now', '/公告', 'hello', undefined].map(
        text =>
          ({
            target_type,
            target_id,
            from_id,
            msg_type: text ? 'text' : 'image',
            msg_body: { text },
          }) as never,
      ),
    ),
  ),
)
const events = EVENTS.flatMap(name => [undefined, 1, 2].map(gid => ({ name, gid }) as ImEventData))

class Trial {
  readonly host = new PluginHost(silentLog)
  readonly model = new RoutingModel()
  readonly #adders = new Map<string, (wish: Wish) => void>()
  #loading: (() => Promise<void>)[] = []

  async make(one: Step): Promise<void> {
    const { host, model } = this
    const known = model.bots.get(one.bot)
    if (one.do === 'bot') {
      host.addBot(this.#bot(one.bot), one.hearing, one.app)
      const { prefix = '/', plugins = new Map() } = known ?? {}
      model.bots.set(one.bot, { app: one.app, hearing: one.hearing, prefix, plugins })
    } else if (!known) return
    else if (one.do === 'hearing') {
      host.setHearing(one.bot, one.hearing)
      known.hearing = one.hearing
    } else if (one.do === 'remove') {
      await this.settle()
      await host.removeBot(one.bot)
      model.bots.delete(one.bot)
    } else if (one.do === 'load') {
      await this.settle()
      // All plugins of a bot have one prefix: it is of its file.
      if (known.plugins.size === 0) known.prefix = one.prefix
      await this.#load(one.bot, one.plugin, one.wishes)
      known.plugins.set(one.plugin, { setUp: one.wishes, wishes: [...one.wishes], isLoading: false })
    } else if (one.do === 'loading') await this.#beginLoading(one, known)
    else if (one.do === 'unload') {
      await this.settle()
      await host.unload(one.bot, one.plugin)
      known.plugins.delete(one.plugin)
    } else if (one.do === 'more') {
      const running = known.plugins.get(one.plugin)
      const isThere =
        one.wish.kind === 'command' && running?.wishes.some(({ name }) => name === one.wish.name)
      if (!running || running.isLoading || isThere) return
      this.#adders.get(`${one.bot}/${one.plugin}`)!(one.wish)
      running.wishes.push(one.wish)
    }
  }

  /** All that is being set up comes to its end. */
  async settle(): Promise<void> {
    for (const end of this.#loading.splice(0)) await end()
  }

  check(): void {
    for (const app of APPS) {
      const { route, routeEvent } = this.host.routesOf(app)
      const named = (all: { bot: string; plugin: string }[]) =>
        all.map(one => `${one.bot}/${one.plugin}`).sort()
      for (const record of records) expect(named(route(record))).toEqual(this.model.message(app, record))
      for (const event of events) expect(named(routeEvent(event))).toEqual(this.model.event(app, event))
    }
  }

  /**
   * One that is there is being replaced: meanwhile all is for it. If the new one fails, the former is set up again,
   * without what it registered later.
   */
  async #beginLoading(
    { bot, plugin, wishes, isGood }: Extract<Step, { do: 'loading' }>,
    known: ModelBot,
  ): Promise<void> {
    await this.settle()
    let goOn = () => {}
    const gate = new Promise<void>(resolve => (goOn = resolve))
    const loaded = this.#load(bot, plugin, wishes, () =>
      gate.then(() => {
        if (!isGood) throw new Error('not good')
      }),
    ).catch(() => {})
    const former = known.plugins.get(plugin)
    if (former) former.isLoading = true
    this.#loading.push(async () => {
      goOn()
      await loaded
      const setUp = isGood ? wishes : former?.setUp
      if (setUp) known.plugins.set(plugin, { setUp, wishes: [...setUp], isLoading: false })
    })
  }

  #load(bot: string, name: string, all: readonly Wish[], last = () => Promise.resolve()): Promise<void> {
    const definition = definePlugin({
      name,
      async setup(ctx) {
        const add = ({ kind, name, in: where, from }: Wish) => {
          if (kind === 'command') ctx.command(name, () => {})
          else if (kind === 'event') ctx.on(name as 'group.updated', () => {})
          else if (where === undefined && from === undefined) ctx.on(name as 'message', () => {})
          else ctx.on(name as 'message', { in: where, from } as never, () => {})
        }
        for (const one of all) add(one)
        await last()
        adders.set(`${bot}/${ctx.name}`, add)
      },
    })
    const adders = this.#adders
    const { prefix } = this.model.bots.get(bot)!
    const manners = { prefix, timezone: 'UTC', roles: {}, language: 'en' }
    return this.host.load(definition, {}, {
      bot: this.#bot(bot),
      name,
      manners,
      log: silentLog,
      clock,
    } as never)
  }

  #bot(id: string): Bot {
    return new Bot({ id, username: `${id}-bot` } as never, undefined as never)
  }
}

const clock = { now: () => 0, after: () => () => {} }

test('those that are found by the index are those that are found by asking everyone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async steps => {
      const trial = new Trial()
      for (const one of steps) {
        await trial.make(one)
        trial.check()
      }
      await trial.settle()
      trial.check()
    }),
    { numRuns: 150 },
  )
}, 120_000)

test('what a plugin registers later is heard, and what is taken away is not', async () => {
  let add = () => {}
  const later = definePlugin({
    name: 'later',
    setup(ctx) {
      add = () => ctx.command('later', () => 'here')
      ctx.command('now', () => add())
    },
  })
  await using w = await world({ plugins: [{ use: later }] })
  const texts = () => w.texts({ group: 'square' })
  await w.say({ from: 'alice', group: 'square', text: '/later' })
  await w.say({ from: 'alice', group: 'square', text: '/now' })
  await w.say({ from: 'alice', group: 'square', text: '/later' })
  expect(await texts()).toEqual(['/later', '/now', '/later', 'here'])
  await w.runtime.host.unload('bot', 'later')
  await w.say({ from: 'alice', group: 'square', text: '/later' })
  expect((await texts()).slice(-1)).toEqual(['/later'])
})

test('one that stands at a prefix is told of each call, and of nothing else', () => {
  const lookup = new Lookup<string>()
  lookup.add('help', ['command', '/'])
  lookup.add('pinger', ['command', '/', 'ping'])
  const found = (text: string) => {
    const all: string[] = []
    const push = (mark: string) => (one: string) => void all.push(`${one}${mark}`)
    const told = { sure: push(''), asked: push('?'), called: push('!'), uncalled: push('…') }
    hearers(lookup, { msg_type: 'text', target_type: 'group', msg_body: { text } } as never, told)
    return all
  }
  expect(found('/ping')).toEqual(['pinger!', 'help…'])
  expect(found('/pnig')).toEqual(['help…'])
  expect(found('ping')).toEqual([])
  lookup.remove('help', ['command', '/'])
  lookup.remove('pinger', ['command', '/', 'ping'])
  expect(lookup.isEmpty).toBe(true)
})

test('recipients are told in the order in which bots and plugins came', async () => {
  const trial = new Trial()
  await trial.make({
    do: 'bot',
    bot: 'two',
    app: 'app-a',
    hearing: { groups: 'all', rooms: 'all', direct: true },
  })
  await trial.make({
    do: 'bot',
    bot: 'one',
    app: 'app-a',
    hearing: { groups: [1], rooms: 'all', direct: true },
  })
  const wishes: Wish[] = [{ kind: 'command', name: 'ping' }]
  for (const [bot, plugin] of [
    ['one', 'x'],
    ['two', 'y'],
    ['two', 'x'],
  ] as const)
    await trial.make({ do: 'load', bot, plugin, wishes, prefix: '/' })
  const [group] = records
  expect(trial.host.routesOf('app-a').route(group!)).toEqual([
    { bot: 'one', plugin: 'x' },
    { bot: 'two', plugin: 'y' },
    { bot: 'two', plugin: 'x' },
  ])
})
