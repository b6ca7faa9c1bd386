import { expect, test } from 'vitest'
import { APP, JMessage } from '../../e2e/jmessage.ts'
import { Program } from '../../e2e/program.ts'
import { until } from '../../e2e/until.ts'
import { database } from '../../engine.ts'
import { receiver, texts } from '../receiver.ts'
import { APP as HERE } from '../world.ts'
import { twoWorlds } from './two-worlds.ts'

const says = (text: string) => ({ msg_body: { text } })

test('what users say at two servers is posted by one of them, in order, each message once', async () => {
  const bot = await receiver()
  const { a, b } = await twoWorlds({ apps: [{ ...HERE, callback: bot.url }] })
  const said: string[] = []
  for (let i = 0; i < 60; i++) {
    said.push(`m${i}`)
    await (i % 3 === 0 ? a : b).say('admin1', 'single', 'admin1', says(`m${i}`))
  }
  await until('all are posted', () => texts(bot.received).length >= 60)
  expect(texts(bot.received)).toEqual(said)
  expect(bot.most).toBe(1)
})

test('a server that ends hands its callbacks over at once', async () => {
  const bot = await receiver()
  const { a, b } = await twoWorlds({ apps: [{ ...HERE, callback: bot.url }] })
  await b.say('admin1', 'single', 'admin1', says('one'))
  await until('it is posted', () => texts(bot.received).length === 1)
  await a.server.close()
  await b.say('admin1', 'single', 'admin1', says('two'))
  await until('it is posted', () => texts(bot.received).length === 2, { patienceMs: 4000 })
  expect(texts(bot.received)).toEqual(['one', 'two'])
})

test('when the process that posts is killed another takes over within ten seconds; nothing is lost', async () => {
  const url = await database()
  const bot = await receiver()
  const start = async () => {
    const program = await Program.start([
      ...['server', '--listen', '127.0.0.1:0', '--app', `${APP.appKey}:${APP.masterSecret}`],
      ...['--database', url, '--sandbox', '--callback', bot.url],
    ])
    await program.says(/\n/)
    return { program, jmessage: new JMessage(program.stdout.trim()) }
  }
  const first = await start()
  const second = await start()
  await first.jmessage.users('alice')
  const say = async ({ jmessage }: typeof first, text: string) => {
    const message = { from_id: 'alice', target_type: 'single', target_id: 'alice', text }
    await jmessage.must('POST', `/sandbox/apps/${APP.appKey}/messages`, message)
  }
  const said = Array.from({ length: 40 }, (_, i) => `m${i}`)
  for (const text of said.slice(0, 20)) await say(second, text)
  await until('it posts', () => texts(bot.received).length > 0)
  // It took the lease, as it was there first.
  await first.program.kill()
  const killedAt = performance.now()
  for (const text of said.slice(20)) await say(second, text)
  const distinct = () => [...new Set(texts(bot.received))]
  await until('all are posted', () => distinct().length === 40)
  expect(performance.now() - killedAt).toBeLessThan(10_000)
  expect(distinct()).toEqual(said)
  expect(second.program.stderr).not.toContain('beadle:beadle')
  expect(await second.program.stop()).toMatchObject({ code: 0 })
})

test('whoever was connected to a process that was killed is soon not online any more', async () => {
  const url = await database()
  const start = async () => {
    const program = await Program.start([
      ...['server', '--listen', '127.0.0.1:0', '--app', `${APP.appKey}:${APP.masterSecret}`],
      ...['--database', url, '--sandbox'],
    ])
    await program.says(/\n/)
    return { program, jmessage: new JMessage(program.stdout.trim()) }
  }
  const [first, second] = [await start(), await start()]
  await first.jmessage.users('alice')
  const stop = new AbortController()
  await fetch(`${first.jmessage.url}/sandbox/apps/${APP.appKey}/users/alice/inbox`, { signal: stop.signal })
  const online = async () => (await second.jmessage.must('GET', '/v1/users/alice/userstat')).online
  expect(await online()).toBe(true)
  await first.program.kill()
  stop.abort()
  await until('alice is not online', async () => !(await online()), { patienceMs: 10_000 })
})
