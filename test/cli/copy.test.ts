import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { config, startBeadle } from '../e2e/beadle.ts'
import { folder } from '../e2e/places.ts'
import { Program, run } from '../e2e/program.ts'
import { serveJmessage } from '../e2e/serve-jmessage.ts'
import { ownServer } from '../postgres/own-server.ts'
import { administer } from '../postgres/start.ts'

const { server, database } = ownServer()

/** A store of the bots with so many events. */
async function filled(events: number): Promise<string> {
  const path = join(folder(), 'beadle.db')
  expect((await run(['migrate', '--database', `sqlite:${path}`, '--schema', 'runtime'])).code).toBe(0)
  const file = new Database(path)
  // By statements that are not kept, as a file stays open for as long as one is.
  file.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${events})
    insert into deliveries (event_id, bot, plugin, type, conversation, data, created_at, state)
    select printf('01JD%022d', i), 'bot', 'plugin', 'webhook', 'c', hex(randomblob(150)), i, 'pending' from n`)
  file.close()
  return path
}

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

test('says how far it is and what it copied, for people and for programs, and shows no password', async () => {
  const from = await filled(9000)
  const to = await database()
  const { code, stdout, stderr } = await run(['copy', '--from', `sqlite:${from}`, '--to', to])
  expect([code, stdout]).toEqual([0, 'Copied 9,000 rows in 12 tables, the same on both sides.\n'])
  expect(stderr).toMatch(/^copying deliveries: 4,000 of 9,000 rows, 44 %, [\d,]+\/s(, \d+\w+ left)?$/m)
  expect(stderr).toMatch(/^comparing deliveries: 9,000 of 9,000 rows, 100 %/m)

  const back = join(folder(), 'back/beadle.db')
  const program = await run(['copy', '--from', to, '--to', `sqlite:${back}`, '--json'])
  expect([program.code, program.stderr]).toEqual([0, ''])
  const told = lines(program.stdout)
  expect(told[0]).toMatchObject({ phase: 'copy', table: 'deliveries', total: 9000, percent: 44 })
  const sum = { table: 'deliveries', rows: 9000, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) }
  expect(told.at(-1)).toMatchObject({ done: true, schemas: ['runtime'], resumed: false })
  expect(told.at(-1).tables).toContainEqual(sum)

  const once = await run(['copy', '--from', `sqlite:${from}`, '--to', to])
  expect(once.stdout).toBe('All was copied already: 9,000 rows in 12 tables, the same on both sides.\n')
  expect([once.code, once.stderr]).toEqual([0, expect.not.stringContaining('copying')])

  const less = `sqlite:${await filled(8999)}`
  const again = await run(['copy', '--from', less, '--to', to, '--json'])
  expect(again.code).toBe(1)
  expect(lines(again.stdout)).toMatchObject([{ done: false, error: { code: 'copy.not-empty' } }])
  expect(again.stderr).toContain('is not empty: table deliveries has 9000 rows')
  expect(stdout + stderr + again.stderr + program.stdout).not.toContain(':beadle@')
})

test('killed at any moment, again and again, it goes on where it was and is right in the end', async () => {
  // More than the first two rounds are through with.
  const from = `sqlite:${await filled(60_000)}`
  for (const to of [await database(), `sqlite:${join(folder(), 'copy.db')}`]) {
    const args = ['copy', '--from', from, '--to', to, '--json']
    let kills = 0
    let last = 0
    // Killed while it starts or copies, while it copies, and at any moment up to its end and after; then left alone.
    for (const [round, most] of [1500, 300, 3000, undefined].entries()) {
      const program = await Program.start(args)
      while (round > 0 && program.isRunning && program.stdout === '') await sleep(2)
      if (most) await Promise.race([sleep(Math.random() * most), program.ended])
      else await program.ended
      const { code, signal, stdout, stderr } = await program.kill()
      const whole = stdout.slice(0, stdout.lastIndexOf('\n'))
      const told = whole === '' ? [] : lines(whole)
      const copied = told.filter(({ phase }) => phase === 'copy')
      for (const { rows } of copied) expect(rows).toBeGreaterThanOrEqual(last)
      last = copied.at(-1)?.rows ?? last
      if (signal === 'SIGKILL') {
        kills++
      } else {
        expect([code, stderr]).toEqual([0, ''])
        expect(told.at(-1)).toMatchObject({ done: true })
        expect(told.at(-1).tables).toContainEqual(expect.objectContaining({ rows: 60_000 }))
      }
    }
    expect(kills).toBeGreaterThan(1)
    expect((await run(['migrate', '--database', to])).stdout).toMatch(/is up to date already/)
  }
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s ends it between two pages; the same command goes on', async (signal, code) => {
  const from = `sqlite:${await filled(30_000)}`
  const args = ['copy', '--from', from, '--to', await database()]
  const program = await Program.start(args)
  while (program.isRunning && !program.stderr.includes('copying')) await sleep(2)
  program.signal(signal)
  const ended = await program.ended
  expect(ended.code).toBe(code)
  expect(ended.stderr).toMatch(/interrupted at \d+ % of the rows\n +Run the same command again/)
  expect((await run(args)).code).toBe(0)
})

test('a connection that is lost ends it with a word on how to go on', async () => {
  const to = await database()
  const args = ['copy', '--from', `sqlite:${await filled(30_000)}`, '--to', to]
  const program = await Program.start(args)
  while (program.isRunning && !program.stderr.includes('copying')) await sleep(2)
  const sql = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'beadle copy'"
  await administer(server().url, client => client.query(sql))
  const { code, stderr } = await program.ended
  expect(code).toBe(1)
  expect(stderr).toContain('the same command goes on where it was')
  expect((await run(args)).code).toBe(0)
})

test('what a running Beadle has open is not copied, nor copied into', async () => {
  const jmessage = await serveJmessage()
  const home = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      jmessage: { endpoint: jmessage.url, inbound: 'none' },
    }),
    'bots/porter.yaml': { username: 'porter-bot', adopt: true },
  })
  const beadle = await startBeadle(home)
  const own = `sqlite:${join(home, 'data/beadle.db')}`
  const to = await database()
  expect(await run(['copy', '--from', own, '--to', to])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/has the source .* open\n +Stop every Beadle/),
  })
  await beadle.stop()
  const env = { BEADLE_DATABASE: to }
  const there = await startBeadle(home, { env })
  expect(await run(['copy', '--from', own, '--to', to])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/a Beadle has the target .* open/),
  })
  await there.stop()
  expect((await run(['copy', '--from', own, '--to', own])).stderr).toContain('are the same')
})

test('what is mistyped is refused without repeating a password, and makes no file', async () => {
  const wrong = await run(['copy', '--from', 'sqlite:x.db', '--to', 'mysql://me:hush@host/db'])
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('--to: must be sqlite:PATH or') })
  expect(wrong.stderr).not.toContain('hush')
  const nowhere = join(folder(), 'nowhere.db')
  expect(await run(['copy', '--from', `sqlite:${nowhere}`, '--to', 'sqlite:other.db'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`there is no database ${nowhere}`),
  })
  expect(existsSync(nowhere)).toBe(false)
})
