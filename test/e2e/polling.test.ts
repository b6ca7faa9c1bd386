import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { config, startBeadle } from './beadle.ts'
import { JMessage, type Place, startServer } from './jmessage.ts'
import { folder, freePort } from './places.ts'
import { until } from './until.ts'

const ANSWERER = `import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'answerer',
  setup(ctx) {
    ctx.command('say <n>', ({ args }) => 'heard ' + args.n)
  },
})
`

/** A Beadle that reads the history of a server which calls nobody back. */
async function home() {
  const serverPort = await freePort()
  const data = `${folder()}/im`
  const startJmessage = () => startServer({ port: serverPort, data })
  const server = await startJmessage()
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  await jmessage.users('alice', 'bobby', 'carol')
  const group = await jmessage.group('alice', 'bobby')
  const room = await jmessage.room('bobby', 'alice')
  const here = folder({
    'config.yaml': config({
      listen: '127.0.0.1:0',
      jmessage: { endpoint: jmessage.url, inbound: 'poll', pollEvery: '50ms' },
    }),
    'bots/porter.yaml': { username: 'porter-bot', plugins: { answerer: {} } },
    'plugins/answerer.js': ANSWERER,
  })
  return { here, jmessage, group, room, server, startJmessage }
}

/** Has somebody speak, number after number, until the function that is returned ends it. */
function speaker(jmessage: JMessage, from: string, place: Place) {
  const said: number[] = []
  let isOver = false
  const running = (async () => {
    for (let n = 1; !isOver; n++) {
      const text = `/say ${n}`
      if (await jmessage.say(from, place, text).then(Boolean, () => false)) said.push(n)
      await sleep(15)
    }
  })()
  const end = async () => {
    isOver = true
    await running
    return said
  }
  return { said, end }
}

/** The numbers that were answered in a place, in their order. */
const answers = async (jmessage: JMessage, place: Place): Promise<number[]> =>
  (await jmessage.texts(place)).flatMap(text => (text.startsWith('heard ') ? [Number(text.slice(6))] : []))

test('polled messages are answered once, over a stop and a kill', async () => {
  const { here, jmessage, group, room } = await home()
  const places: readonly Place[] = [{ group }, { room }, { user: 'carol' }]
  let beadle = await startBeadle(here)
  const speakers = [
    speaker(jmessage, 'alice', places[0]!),
    speaker(jmessage, 'bobby', places[1]!),
    speaker(jmessage, 'carol', { user: 'porter-bot' }),
  ]
  const more = async (count: number) => {
    const before = speakers[0]!.said.length
    await until('more is said', () => speakers[0]!.said.length >= before + count)
  }
  const answered = async (count: number) => {
    const before = (await answers(jmessage, { group })).length
    await until('more is answered', async () => (await answers(jmessage, { group })).length >= before + count)
  }

  await answered(20)
  expect((await beadle.stop()).code).toBe(0)
  await more(20)
  beadle = await startBeadle(here)
  await answered(40)
  await beadle.kill()
  await more(20)
  beadle = await startBeadle(here)
  await answered(20)

  for (const [index, place] of places.entries()) {
    const said = await speakers[index]!.end()
    await until('all is answered', async () => (await answers(jmessage, place)).length >= said.length)
  }
  expect((await beadle.stop()).code).toBe(0)
  for (const [index, place] of places.entries())
    expect(await answers(jmessage, place)).toEqual(speakers[index]!.said)
})

test('a history that cannot be read is told of once, and read on when it is back', async () => {
  const { here, jmessage, group, server, startJmessage } = await home()
  const beadle = await startBeadle(here)
  await jmessage.say('alice', { group }, '/say 1')
  await until('it is answered', async () => (await answers(jmessage, { group })).length === 1)
  await server.kill()
  await until('it is told', () => beadle.stderr.includes('the message history cannot be read'))
  await startJmessage()
  await jmessage.say('alice', { group }, '/say 2')
  await until('it is answered', async () => (await answers(jmessage, { group })).length === 2)
  expect(await answers(jmessage, { group })).toEqual([1, 2])
  expect(beadle.stderr.match(/the message history cannot be read/g)).toHaveLength(1)
  expect(beadle.stderr).toContain('the message history can be read again')
})
