import { randomOf } from '../../src/base/random.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage, startServer } from '../e2e/jmessage.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { Load } from './load.ts'

const TOKEN = 'only-for-the-kill-test'
const PEOPLE = ['alice', 'bobby', 'carol']

const ANSWERER = `import { definePlugin } from 'beadle'
export default definePlugin({
  name: 'answerer',
  setup(ctx) {
    ctx.command('say <n>', ({ args }) => 'heard ' + args.n)
  },
})
`

/** The herald, who announces what webhooks bring, and answers what users say. */
const herald = (group: number, other: number) => {
  const auth = { type: 'bearer', token: TOKEN }
  const template = 'posted {{ n }}'
  const hooks = {
    one: { auth, template, to: { groups: [group] } },
    both: { auth, template, to: { groups: [group, other] } },
  }
  return { username: 'herald-bot', plugins: { announce: { hooks }, answerer: {} } }
}

export interface Health {
  readonly ready: boolean
  /** Events and calls that are not done. */
  readonly waiting: number
}

/** What a kill test needs. */
export interface Town {
  readonly jmessage: JMessage
  readonly group: number
  readonly other: number
  readonly load: Load
  /** Starts Beadle, and does not wait for it. */
  start(): Promise<Program>
  /** Whether it can do its work, and how much of it waits. */
  health(): Promise<Health>
}

/** A town whose IM server is a process of its own, or (embedded) part of Beadle. Seeded. */
export async function buildTown(options: { seed: number; embedded: boolean }): Promise<Town> {
  const port = await freePort()
  const serverPort = await freePort()
  const url = `http://127.0.0.1:${port}`
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  const home = folder({ 'plugins/answerer.js': ANSWERER })
  const data = `${home}/data`
  // Groups come before bots: the server lives alone first, with the data that Beadle's own will go on with.
  const server = await startServer({ port: serverPort, data, callback: `${url}/callbacks/jmessage` })
  await jmessage.users(...PEOPLE)
  const group = await jmessage.group(...(PEOPLE as [string, ...string[]]))
  const other = await jmessage.group(...(PEOPLE as [string, ...string[]]))
  if (options.embedded) await server.stop()
  const jm = options.embedded ? {} : { endpoint: jmessage.url, inbound: 'both', pollEvery: '300ms' }
  write(
    `${home}/config.yaml`,
    config({
      listen: `127.0.0.1:${port}`,
      jmessage: jm,
      server: { listen: `127.0.0.1:${serverPort}`, sandbox: true },
      log: { format: 'json', level: 'warn' },
    }),
  )
  write(`${home}/bots/herald.yaml`, herald(group, other))
  return {
    jmessage,
    group,
    other,
    load: new Load({ url, token: TOKEN, jmessage, group, random: randomOf(options.seed) }),
    start: () => Program.start(['start'], { cwd: home }),
    health: async () => {
      try {
        const response = await fetch(`${url}/readyz`)
        const { waiting } = (await response.json()) as { waiting: number }
        return { ready: response.status === 200, waiting }
      } catch {
        return { ready: false, waiting: 0 }
      }
    },
  }
}
