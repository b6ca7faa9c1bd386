import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { config, hook, logOf, startBeadle } from './beadle.ts'
import { folder, freePort } from './places.ts'
import { Program } from './program.ts'
import { until } from './until.ts'

const EXIT_CODE = 70

/** Keeps the process busy for so many ms: at once, or after it waited for something. */
const BUSY = `import { definePlugin } from 'beadle'
function spin(ms) {
  for (const until = Date.now() + ms; Date.now() < until; );
}
export default definePlugin({
  name: 'busy',
  setup(ctx) {
    ctx.webhook('now', { auth: 'none' }, ({ body, event }) => {
      ctx.log.info({ event: event.id }, 'begun')
      spin(body.ms)
    })
    ctx.webhook('later', { auth: 'none' }, async ({ body }) => {
      await new Promise(resolve => setTimeout(resolve, 50))
      spin(body.ms)
    })
    ctx.webhook('wait', { auth: 'none' }, async ({ event }) => {
      ctx.log.info({ event: event.id }, 'waiting')
      await new Promise(resolve => setTimeout(resolve, 2000))
    })
  },
})
`

const STRAY = `import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'stray',
  setup(ctx) {
    ctx.webhook('call', { auth: 'none' }, () => {
      void (async () => { throw new Error('forgotten') })()
      setTimeout(() => { throw new Error('in a timer') }, 1)
      setTimeout(() => process.emit('uncaughtException', new TypeError('of nobody')), 1)
    })
  },
})
`

const FOR_EVER = 1_000_000

async function home(watchdog: object) {
  const port = await freePort()
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      server: { listen: `127.0.0.1:${await freePort()}`, town: false },
      limits: { attempts: 2 },
      watchdog,
    }),
    'bots/herald.yaml': { username: 'herald-bot', plugins: { busy: {}, stray: {} } },
    'bots/zealot.yaml': { username: 'zealot-bot', plugins: { busy: {} } },
    'plugins/busy.js': BUSY,
    'plugins/stray.js': STRAY,
  })
  const call = (name: string, body: object, bot = 'herald') =>
    hook(`http://127.0.0.1:${port}`, `${bot}/${name}`, body)
  return { here, call, start: () => startBeadle(here) }
}

const lines = (program: Program, what: string) =>
  logOf(program).filter(({ msg }) => msg.includes(what)) as unknown as Record<string, unknown>[]

test('a handler that never lets go is named and ends the process, and is set aside after its attempts', async () => {
  const { here, call, start } = await home({ warnAfter: '200ms', endAfter: '1s' })
  const named = { level: 50, bot: 'herald', plugin: 'busy' }
  let program = await start()
  // The process is kept before it can answer.
  await call('busy/now', { ms: FOR_EVER }).catch(() => {})
  expect((await program.ended).code).toBe(EXIT_CODE)
  const [{ event }] = lines(program, 'begun') as [{ event: string }]
  expect(lines(program, 'is kept busy')).toMatchObject([{ ...named, event }])
  expect(String(lines(program, 'is kept busy')[0]!.at)).toContain('busy.js')
  expect(lines(program, 'is ended')).toMatchObject([{ ...named, event }])
  // The next start comes upon it again, before it is ready.
  program = await Program.start(['start'], { cwd: here })
  expect((await program.ended).code).toBe(EXIT_CODE)
  expect(lines(program, 'begun')).toMatchObject([{ event }])
  program = await start()
  expect(lines(program, 'set aside')).toMatchObject([{ level: 50, event, attempt: 2, plugin: 'busy' }])
  const next = await call('busy/now', { ms: 0 })
  await until('another event is handled', () => lines(program, 'begun').length > 0)
  expect(lines(program, 'begun')).toMatchObject([{ event: next.body.event_id }])
  expect(existsSync(`${here}/data/beadle.db.stuck`)).toBe(false)
  expect((await program.stop()).code).toBe(0)
})

test('a process goes on after it was kept busy for a while, and after errors that nobody took; a loop that begins later ends it, too', async () => {
  const { here, call, start } = await home({ warnAfter: '100ms', endAfter: '3s' })
  const program = await start()
  await call('busy/now', { ms: 800 })
  await until('it goes on', () => lines(program, 'goes on').length > 0)
  expect(lines(program, 'goes on')).toMatchObject([{ level: 40, bot: 'herald', plugin: 'busy' }])
  expect((await call('stray/call', {})).status).toBe(202)
  await until('all three are told of', () => lines(program, 'nobody').length === 3)
  const told = lines(program, 'nobody').map(({ plugin, bot, err }) => {
    return `${(err as { message: string }).message}: ${plugin} of ${bot}`
  })
  expect(told.toSorted()).toEqual([
    'forgotten: stray of herald',
    'in a timer: stray of herald',
    'of nobody: stray of herald',
  ])
  const { body } = await call('busy/later', { ms: FOR_EVER })
  expect((await program.ended).code).toBe(EXIT_CODE)
  // Found by what is on the stack.
  expect(lines(program, 'is ended')).toMatchObject([{ bot: 'herald', plugin: 'busy', event: body.event_id }])
  expect(existsSync(`${here}/data/beadle.db.stuck`)).toBe(true)
})

test('of two bots whose handlers of one plugin run, neither is blamed until it shows whose it is', async () => {
  const { here, call, start } = await home({ warnAfter: '200ms', endAfter: '1s' })
  let program = await start()
  const waiting = await call('busy/wait', {})
  await until('it waits', () => lines(program, 'waiting').length > 0)
  const looping = await call('busy/later', { ms: FOR_EVER }, 'zealot')
  expect((await program.ended).code).toBe(EXIT_CODE)
  expect(lines(program, 'is ended')).toMatchObject([{ bot: 'herald, zealot', plugin: 'busy' }])
  expect(lines(program, 'is ended')[0]!.event).toBeUndefined()
  const note = () => JSON.parse(readFileSync(`${here}/data/beadle.db.stuck`, 'utf8'))
  expect(note()).toMatchObject([
    { event: waiting.body.event_id, bot: 'herald', certain: false },
    { event: looping.body.event_id, bot: 'zealot', certain: false },
  ])
  // Now they are handled one after the other.
  program = await start()
  expect((await program.ended).code).toBe(EXIT_CODE)
  expect(lines(program, 'is ended')).toMatchObject([{ bot: 'zealot', event: looping.body.event_id }])
  expect(note()).toMatchObject([{ event: looping.body.event_id, bot: 'zealot', certain: true }])
})
