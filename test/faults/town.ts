import { randomOf } from '../../src/base/random.ts'
import { config } from '../e2e/beadle.ts'
import { JMessage, startServer } from '../e2e/jmessage.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { Load } from './load.ts'
import { databaseSetting, saidTo } from './said.ts'

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
  /** What users said to the answerer, in the order in which Beadle took it. */
  said(): Promise<string[]>
  /** Starts Beadle, and does not wait for it. */
  start(): Promise<Program>
  /** Whether it can do its work, and how much of it waits. */
  health(): Promise<Health>
}

export interface TownOptions {
  readonly seed: number
  /** Whether the IM server is part of Beadle, or a process of its own. */
  readonly embedded?: boolean
  /** How many of the calls fail, from 0 to 1; callbacks are repeated, reordered and doubted as often. Default: 0. */
  readonly faults?: number
}

/** A load that goes with failing calls: every other failure is an outage or a used-up quota to Beadle. */
const SLOWER = 20

/** A town of people, with a herald in it. Seeded. */
export async function buildTown(options: TownOptions): Promise<Town> {
  const { seed, embedded = false, faults = 0 } = options
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
  if (faults > 0) await jmessage.must('PUT', '/sandbox/faults', { seed, rules: everyFault(faults) })
  if (embedded) await server.stop()
  const setting = await databaseSetting()
  const jm = embedded ? {} : { endpoint: jmessage.url, inbound: 'both', pollEvery: '300ms' }
  write(
    `${home}/config.yaml`,
    config({
      listen: `127.0.0.1:${port}`,
      jmessage: jm,
      server: { listen: `127.0.0.1:${serverPort}`, sandbox: true },
      log: { format: 'json', level: 'warn' },
      ...setting,
    }),
  )
  write(`${home}/bots/herald.yaml`, herald(group, other))
  return {
    jmessage,
    group,
    other,
    said: () => saidTo('answerer', data, setting.database),
    load: new Load({
      ...{ url, token: TOKEN, jmessage, group, random: randomOf(seed) },
      slower: faults > 0 ? SLOWER : 1,
    }),
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

/** Rules by which so many calls fail, each in one of the ways there are. */
export function everyFault(share: number): object[] {
  const ofCalls = [
    { fault: 'lost' },
    { fault: 'cut' },
    { fault: 'refused' },
    { fault: 'error', status: 500 },
    { fault: 'error', status: 503, html: true },
    { fault: 'slow', delay_ms: 300 },
    { fault: 'slow', delay_ms: 300, after: true },
    { fault: 'rate-limited', retry_after_s: 1 },
  ]
  const ofCallbacks = ['callback-duplicate', 'callback-reorder', 'callback-drop-answer'].map(fault => ({
    fault,
  }))
  // Of the rules, the first whose turn it is strikes: those after it have to make up for that.
  const chances = ofCalls.map((_, index) => share / ofCalls.length / (1 - (share * index) / ofCalls.length))
  return [
    ...ofCalls.map((rule, index) => ({ ...rule, probability: chances[index] })),
    ...ofCallbacks.map(rule => ({ ...rule, probability: share / ofCallbacks.length })),
  ]
}
