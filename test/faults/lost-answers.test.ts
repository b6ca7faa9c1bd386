import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { config, hook, startBeadle } from '../e2e/beadle.ts'
import { JMessage, startServer } from '../e2e/jmessage.ts'
import { folder, freePort } from '../e2e/places.ts'
import { until } from '../e2e/until.ts'

const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000))
const CALLS = 150

test('a message whose answer was lost is neither lost nor sent twice', async () => {
  const port = await freePort()
  const serverPort = await freePort()
  await startServer({ port: serverPort, data: `${folder()}/im` })
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  await jmessage.users('alice', 'bobby')
  const group = await jmessage.group('alice', 'bobby')
  const room = await jmessage.room('alice', 'bobby')
  const auth = { type: 'none' }
  const post = { auth, to: { groups: [group], rooms: [room] }, template: 'posted {{ n }}' }
  const here = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: { endpoint: jmessage.url, inbound: 'none' },
    }),
    'bots/herald.yaml': { username: 'herald-bot', plugins: { announce: { hooks: { post } } } },
  })
  await startBeadle(here)
  const sends = { endpoints: ['messages.send'], probability: 0.1, times: 6 }
  const rules = ['lost', 'cut', 'refused'].map(fault => ({ ...sends, fault }))
  await jmessage.must('PUT', '/sandbox/faults', { seed, rules })
  const numbers = Array.from({ length: CALLS }, (_, n) => n)
  const left = [...numbers]
  const call = async () => {
    for (let n = left.shift(); n !== undefined; n = left.shift())
      expect((await hook(`http://127.0.0.1:${port}`, 'herald/announce/post', { n })).status).toBe(202)
  }
  await Promise.all(Array.from({ length: 4 }, call))
  for (const place of [{ group }, { room }])
    await until('all is posted', async () => (await jmessage.texts(place)).length >= CALLS)
  const waiting = async () =>
    ((await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { waiting: number }).waiting
  await until('nothing waits', async () => (await waiting()) === 0)
  const faults = await jmessage.must('GET', '/sandbox/faults')
  const struck = faults.rules.map((rule: { struck: number }) => rule.struck)
  console.log(`seed ${seed}: ${2 * CALLS} posts; ${struck.join(', ')} lost, cut and refused`)
  for (const place of [{ group }, { room }]) {
    const posted = (await jmessage.texts(place)).map(text => Number(text.replace('posted ', '')))
    expect(posted.sort((a, b) => a - b)).toEqual(numbers)
  }
  expect(Math.min(...struck)).toBeGreaterThan(0)
})
