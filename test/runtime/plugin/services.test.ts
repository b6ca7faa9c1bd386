import { AppError, definePlugin, defineService, type Service, z } from 'beadle'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PluginSpec } from '../../../src/runtime/options.ts'
import { planServices } from '../../../src/runtime/plugin/services/plan-services.ts'
import { revocable } from '../../../src/runtime/plugin/services/revocable.ts'
import { world } from '../../world.ts'

interface Clockwork {
  now(): string
}
const Clockwork = defineService<Clockwork>('clockwork')
/** As a file makes it that is loaded twice. */
const Again = defineService<Clockwork>('clockwork')

/** Has a private field, which a stand-in has none of. */
class Tower {
  readonly #hour: string
  constructor(hour: string) {
    this.#hour = hour
  }
  now() {
    return this.#hour
  }
}

const tower = definePlugin({
  name: 'tower',
  config: z.object({ hour: z.string().default('noon') }),
  provides: [Clockwork],
  setup(ctx, { hour }) {
    ctx.provide(Clockwork, new Tower(hour))
  },
})

const reader = definePlugin({
  name: 'reader',
  needs: [Again],
  setup(ctx) {
    const clock = ctx.service(Again)
    ctx.command('hour', () => clock.now())
  },
})

const code = (wanted: string) => expect.objectContaining({ code: wanted })
const problem = async (plugins: Parameters<typeof world>[0]) =>
  world(plugins).then(
    () => undefined,
    (error: AppError) => ({ code: error.code, message: error.message, hint: error.hint }),
  )

test('a plugin uses the service of another, which is loaded before it, wherever it stands in the file', async () => {
  await using w = await world({ plugins: [{ use: reader }, { use: tower }] })
  await w.say({ from: 'alice', group: 'square', text: '/hour' })
  expect(await w.texts({ group: 'square' })).toEqual(['/hour', 'noon'])
})

test('what is undone is undone in the reverse order of loading, while services still work', async () => {
  const undone: string[] = []
  const first = definePlugin({
    name: 'first',
    provides: [Clockwork],
    setup(ctx) {
      ctx.provide(Clockwork, { now: () => 'now' })
      return () => void undone.push('first')
    },
  })
  const second = definePlugin({
    name: 'second',
    needs: [Clockwork],
    setup(ctx) {
      const clock = ctx.service(Clockwork)
      return () => void undone.push(`second ${clock.now()}`)
    },
  })
  const w = await world({ plugins: [{ use: second }, { use: first }] })
  await w[Symbol.asyncDispose]()
  expect(undone).toEqual(['second now', 'first'])
})

test('what a plugin does with services that it has not declared is refused', async () => {
  const Other = defineService<{ other(): void }>('other')
  const codes: unknown[] = []
  const sly = definePlugin({
    name: 'sly',
    provides: [Clockwork],
    setup(ctx) {
      const { service, provide } = {
        service: (one: Service<never>) => ctx.service(one as never),
        provide: (one: unknown, value: unknown) => ctx.provide(one as never, value as never),
      }
      for (const attempt of [
        () => service(Other as never),
        () => provide(Other, {}),
        () => provide(Clockwork, 3),
        () => provide(Clockwork, null),
        () => provide(Clockwork, { now: () => '' }),
        () => provide(Clockwork, { now: () => '' }),
      ]) {
        try {
          codes.push(attempt() ?? 'fine')
        } catch (error) {
          codes.push((error as AppError).code)
        }
      }
    },
  })
  await using w = await world({ plugins: [{ use: sly }] })
  await w.settled()
  expect(codes).toEqual([
    ...[
      'service.undeclared',
      'service.undeclared',
      'service.value',
      'service.value',
      'fine',
      'service.twice',
    ],
  ])
})

test('a service that is declared and not provided fails the setup', async () => {
  const lazy = definePlugin({ name: 'lazy', provides: [Clockwork], setup() {} })
  expect(await problem({ plugins: [{ use: lazy }] })).toMatchObject({
    code: 'service.not-provided',
    message: "plugin lazy is to provide the service 'clockwork', and has not",
  })
  for (const name of ['', '1', 'a b', 'x'.repeat(65)])
    expect(() => defineService(name)).toThrow(code('service.name'))
})

test('a service that is only wanted need not be there', async () => {
  const guest = definePlugin({
    name: 'guest',
    wants: [Clockwork],
    setup(ctx) {
      const clock = ctx.service(Clockwork)
      ctx.command('hour', () => clock?.now() ?? 'who knows')
    },
  })
  const texts = async (plugins: Parameters<typeof world>[0]) => {
    await using w = await world(plugins)
    await w.say({ from: 'alice', group: 'square', text: '/hour' })
    return (await w.texts({ group: 'square' })).at(-1)
  }
  expect(await texts({ plugins: [{ use: guest }] })).toBe('who knows')
  expect(await texts({ plugins: [{ use: guest }, { use: tower }] })).toBe('noon')
})

test('bots whose plugins do not fit together do not start, and the error says why', async () => {
  expect(await problem({ plugins: [{ use: reader }] })).toMatchObject({
    code: 'service.plan',
    message: "bot bot: plugin reader needs the service 'clockwork', which no plugin of this bot provides",
  })
  const two = [{ use: tower }, { use: tower, name: 'belfry', config: { hour: 'midnight' } }, { use: reader }]
  expect(await problem({ plugins: two })).toMatchObject({
    message: "bot bot: plugin reader uses the service 'clockwork', which tower and belfry provide",
    hint: 'say which it is to be, beside plugins: services: { clockwork: tower }',
  })
  expect(await problem({ plugins: two, bot: { services: { clockwork: 'reader' } } })).toMatchObject({
    message: 'bot bot: services.clockwork is to be provided by reader, which does not',
  })
  await using w = await world({ plugins: two, bot: { services: { clockwork: 'belfry' } } })
  await w.say({ from: 'alice', group: 'square', text: '/hour' })
  expect((await w.texts({ group: 'square' })).at(-1)).toBe('midnight')
  expect(await problem({ plugins: [{ use: tower, isolation: 'worker', file: 'x' }] })).toMatchObject({
    message: "bot bot: plugin tower provides the service 'clockwork', and runs in a thread of its own",
  })
})

test('a ring is told with all that are in it', async () => {
  const [A, B, C] = ['a', 'b', 'c'].map(name => defineService<object>(name)) as [
    Service<object>,
    Service<object>,
    Service<object>,
  ]
  const ring = (name: string, provides: Service<object>, needs: Service<object>) => ({
    use: definePlugin({
      name,
      provides: [provides],
      needs: [needs],
      setup: ctx => ctx.provide(provides, {}),
    }),
  })
  expect(await problem({ plugins: [ring('a', A, B), ring('b', B, C), ring('c', C, A)] })).toMatchObject({
    code: 'service.plan',
    message: 'bot bot: plugin a is in a ring: a → b → c → a, each needs a service of the next',
  })
  expect(await problem({ plugins: [ring('self', A, A)] })).toMatchObject({
    message: 'bot bot: plugin self is in a ring: self → self, each needs a service of the next',
  })
})

test('a stand-in does what the service does until it is revoked, also of what is frozen', () => {
  const gone = () => new AppError('gone', { code: 'service.gone' })
  const service = Object.freeze({
    now: () => 'now',
    list: [1],
    get size() {
      return this.list.length
    },
  })
  const { stand, revoke } = revocable(service, gone)
  const one = stand as typeof service
  const { now } = one
  expect([one.now(), now(), one.size, one.list, { ...one }.now()]).toEqual(['now', 'now', 1, [1], 'now'])
  expect(one.now).toBe(one.now)
  expect(Object.keys(one)).toEqual(['now', 'list', 'size'])
  expect(() => Object.assign(one, { now: () => 'never' })).toThrow(TypeError)
  const made = revocable(new Tower('one'), gone)
  expect(made.stand).toBeInstanceOf(Tower)
  expect((made.stand as Tower).now()).toBe('one')
  const call = revocable((n: number) => n + 1, gone)
  expect((call.stand as (n: number) => number)(1)).toBe(2)
  for (const each of [{ revoke }, made, call]) each.revoke()
  expect(() => one.now()).toThrow(code('service.gone'))
  expect(now).toThrow(code('service.gone'))
  expect(call.stand).toThrow(code('service.gone'))
})

test('plugins are loaded after those they use, and else stay in their order', () => {
  const services = Array.from({ length: 8 }, (_, n) => defineService<object>(`s${n}`))
  const spec = (n: number, uses: readonly number[]): PluginSpec => ({
    name: `p${n}`,
    definition: {
      name: `p${n}`,
      provides: [services[n]!],
      needs: uses.filter(m => m % 2 === 0).map(m => services[m]!),
      wants: uses.filter(m => m % 2 === 1).map(m => services[m]!),
      setup() {},
    },
    config: {},
  })
  const uses = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 })), { minLength: 8, maxLength: 8 })
  const places = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(uses, places, (all, order) => {
      // Each uses lower ones only: there is no ring.
      const plugins = order.map(n =>
        spec(
          n,
          all[n]!.filter(m => m < n),
        ),
      )
      const plan = planServices({ plugins })
      expect(plan.problems).toEqual([])
      const at = new Map(plan.order.map(({ name }, place) => [name, place]))
      expect(at.size).toBe(8)
      for (const { name } of plugins)
        for (const source of plan.sourcesOf(name).values())
          expect(at.get(source)!).toBeLessThan(at.get(name)!)
      // One is moved only to be before one that uses it.
      const free = planServices({ plugins: plugins.map(({ name }) => spec(Number(name.slice(1)), [])) })
      expect(free.order.map(({ name }) => name)).toEqual(plugins.map(({ name }) => name))
      expect(plan.order[0]!.name === plugins[0]!.name).toBe(plan.sourcesOf(plugins[0]!.name).size === 0)
    }),
  )
  fc.assert(
    fc.property(uses, all => {
      const plugins = all.map((used, n) => spec(n, used))
      const rings = planServices({ plugins }).problems
      expect(rings.length > 0).toBe(hasRing(all))
    }),
  )
})

/** Whether some can be reached from themselves. */
function hasRing(uses: readonly (readonly number[])[]): boolean {
  return uses.some((_, from) => {
    const seen = new Set<number>()
    const open = [...uses[from]!]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === from) return true
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...uses[next]!)
    }
    return false
  })
}
