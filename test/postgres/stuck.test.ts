import { existsSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
import { config, hook, logOf, startBeadle } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
import type { Program } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'
import { database } from '../engine.ts'
import { administer } from './start.ts'

const EXIT_CODE = 70
const SET_ASIDE = 'set aside: the handler kept the process busy each time'
const ASIDE = { level: 50, bot: 'herald', plugin: 'lines', attempt: 1 }

const LINES = `import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'lines',
  setup(ctx) {
    const options = { auth: 'none', conversation: body => body.line }
    ctx.webhook('say', options, ({ body }) => {
      ctx.log.info({ text: body.text }, 'begun')
      while (body.text === 'loop') {}
      ctx.log.info({ text: body.text }, 'handled')
    })
  },
})
`

async function node(url: string, endAfter: string) {
  const listen = `127.0.0.1:${await freePort()}`
  const here = folder({
    'config.yaml': config({
      listen,
      database: url,
      server: { listen: `127.0.0.1:${await freePort()}`, town: false },
      watchdog: { warnAfter: '300ms', endAfter },
    }),
    'bots/herald.yaml': { username: 'herald-bot', plugins: { lines: {} } },
    'plugins/lines.js': LINES,
  })
  const say = (line: string, text: string) => hook(`http://${listen}`, 'herald/lines/say', { line, text })
  const start = () => startBeadle(here)
  return { start, say, program: await start(), file: `${here}/data/beadle.stuck` }
}

const told = (program: Program, what: string) =>
  logOf(program).filter(({ msg }) => msg === what) as unknown as Record<string, unknown>[]

const texts = (program: Program, what: string) => told(program, what).map(({ text }) => text)

test('an event that loops for ever ends one process of a fleet, and is set aside by the next owner', async () => {
  const url = await database()
  const nodes = [await node(url, '8s'), await node(url, '8s')]
  await until('both have parts', () => told(nodes[1]!.program, 'this node sees to more').length > 0)
  await nodes[0]!.say('bad', 'loop').catch(() => {})
  const isAt = ({ program }: { program: Program }) => texts(program, 'begun').includes('loop')
  await until('one of them loops', () => nodes.some(isAt))
  const stuck = nodes.find(isAt)!
  const well = nodes.find(one => one !== stuck)!
  const lines = ['bad', ...Array.from({ length: 8 }, (_, n) => `other ${n}`)]
  for (const line of lines) expect((await well.say(line, `of ${line}`)).status).toBe(202)
  const expected = lines.map(line => `of ${line}`).toSorted()
  await until('all else is handled', () => texts(well.program, 'handled').length === expected.length)
  expect(texts(well.program, 'handled').toSorted()).toEqual(expected)
  expect(told(well.program, SET_ASIDE)).toMatchObject([ASIDE])
  expect((await stuck.program.ended).code).toBe(EXIT_CODE)
  expect(isAt(well)).toBe(false)
  const rows = await administer(url, async client => [
    (await client.query("select state, attempts, error from deliveries where state <> 'done'")).rows,
    (await client.query('select * from stuck')).rows,
  ])
  expect(rows).toEqual([
    [{ state: 'dead', attempts: 1, error: expect.stringContaining('kept the process busy') }],
    [],
  ])
  // The database was told, so that no start of that node has to be.
  expect(existsSync(stuck.file)).toBe(false)
  expect((await well.program.stop()).code).toBe(0)
  for (const { program } of nodes) expect(program.output).not.toContain(':beadle@')
})

test('what the database could not be told is kept in a file, and told by the next start', async () => {
  const url = await database()
  const admit = (isAllowed: boolean) =>
    administer(inject('postgres'), client =>
      client.query(`alter database ${new URL(url).pathname.slice(1)} allow_connections ${isAllowed}`),
    )
  const { say, start, program, file } = await node(url, '1s')
  await admit(false)
  await say('bad', 'loop').catch(() => {})
  expect((await program.ended).code).toBe(EXIT_CODE)
  await admit(true)
  expect(existsSync(file)).toBe(true)
  const next = await start()
  expect((await say('bad', 'then')).status).toBe(202)
  await until('the conversation goes on', () => texts(next, 'handled').includes('then'))
  expect(told(next, SET_ASIDE)).toMatchObject([ASIDE])
  expect(existsSync(file)).toBe(false)
  expect((await next.stop()).code).toBe(0)
})
