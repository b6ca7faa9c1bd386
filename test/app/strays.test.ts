import { expect, test } from 'vitest'
import { type Owner, ownersIn } from '../../src/app/plugin-owners.ts'
import { Strays } from '../../src/app/strays.ts'
import { ManualClock } from '../../src/base/clock.ts'
import { definePlugin } from '../../src/index.ts'
import { captured } from '../runtime/capture.ts'

const definition = definePlugin({ name: 'any', setup() {} })
const plugin = (name: string, file?: string) => ({ name, definition, config: {}, file })
const BOTS = [
  {
    id: 'one',
    username: 'one-bot',
    plugins: [plugin('alone', '/p/alone.ts'), plugin('shared', '/p/shared/index.ts')],
  },
  { id: 'two', username: 'two-bot', plugins: [plugin('twin', '/p/shared/index.ts'), plugin('core')] },
]

/** An error with lines of a stack. */
const thrownAt = (...lines: string[]) =>
  Object.assign(new Error('x'), { stack: ['Error: x', ...lines.map(line => `    at ${line}`)].join('\n') })

function home() {
  const clock = new ManualClock()
  const log = captured()
  const noted: string[] = []
  const strays = new Strays({ log, clock })
  const noteError = ({ bot, plugin }: Owner, error: Error) => noted.push(`${bot}/${plugin} ${error.message}`)
  strays.belongTo({ ownersOf: ownersIn(() => BOTS), noteError })
  return { clock, log, noted, strays }
}

const saidOf = ({ log }: ReturnType<typeof home>) =>
  log.lines.map(({ fields, message }) => `${fields.bot} ${fields.plugin}: ${message}`)

test('an error is that of the innermost plugin on its stack, or on the stack of its cause', () => {
  const h = home()
  const { strays } = h
  strays.take(thrownAt('f (node:fs:1)', 'g (file:///p/alone.ts:3:4)', 'h (/p/shared/index.ts:1:1)'), 'no')
  strays.take(thrownAt('f (/p/shared/deep/part.js:3:4)'), 'no')
  strays.take(thrownAt('f (/p/alone.tsx:3:4)', 'g (/p/shared.ts:1:1)'), 'no')
  strays.take(new Error('outer', { cause: thrownAt('f (/p/alone.ts:3:4)') }), 'no')
  expect(saidOf(h)).toEqual(['one alone: no', 'one, two shared: no', 'unknown unknown: no', 'one alone: no'])
  expect(h.noted).toEqual(['one/alone x', 'one/shared x', 'two/twin x', 'one/alone outer'])
})

test('whatever is thrown is taken, also before it is known which plugins there are', () => {
  const clock = new ManualClock()
  const log = captured()
  const strays = new Strays({ log, clock })
  const circle = new Error('circle')
  circle.cause = circle
  const odd = Object.assign(new Error('no stack'), { stack: undefined })
  for (const thrown of [undefined, null, 'text', { a: 1 }, circle, odd, Object.create(null)])
    strays.take(thrown, 'no')
  expect(log.lines.length).toBeGreaterThanOrEqual(6)
  const deaf = {
    ...log,
    error: () => {
      throw new Error('the pipe is closed')
    },
  }
  new Strays({ log: deaf, clock }).take(new Error('x'), 'no')
})

test('a plugin that fails all the time does not fill the log, and the others are heard', async () => {
  const h = home()
  const bad = thrownAt('f (/p/alone.ts:3:4)')
  for (let n = 0; n < 1000; n++) h.strays.take(bad, 'no')
  h.strays.take(thrownAt('f (/p/shared/index.ts:3:4)'), 'no')
  expect(saidOf(h)).toEqual([...Array(10).fill('one alone: no'), 'one, two shared: no'])
  expect(h.noted.length).toBe(1002)
  await h.clock.advance(60_000)
  h.strays.take(bad, 'no')
  expect(h.log.lines.slice(-2)).toMatchObject([
    { fields: { plugin: 'alone', errors: 990 }, message: 'there were more errors that nobody took' },
    { fields: { plugin: 'alone' }, message: 'no' },
  ])
})

test('rejections and exceptions of this process are taken while it watches', async () => {
  const h = home()
  const before = ['unhandledRejection', 'uncaughtException'].map(name => process.listenerCount(name))
  const end = h.strays.watch()
  process.emit('unhandledRejection', thrownAt('f (/p/alone.ts:3:4)'), Promise.resolve())
  process.emit('uncaughtException', new Error('y'))
  end()
  expect(saidOf(h)).toEqual([
    'one alone: a promise was rejected and nobody took notice',
    'unknown unknown: an error was thrown and nobody caught it',
  ])
  expect(['unhandledRejection', 'uncaughtException'].map(name => process.listenerCount(name))).toEqual(before)
})
