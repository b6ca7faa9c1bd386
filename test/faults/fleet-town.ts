import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { config } from '../e2e/beadle.ts'
import { JMessage, startServer } from '../e2e/jmessage.ts'
import { folder, freePort, write } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { administer, type PostgresServer } from '../postgres/start.ts'
import { startBalancer } from './balancer.ts'

const TOKEN = 'only-for-the-fleet-test'

/** Answers what users say; repeats what webhooks bring, line by line in their order; tells the time. */
const TELLER = `import { definePlugin, z } from 'beadle'
export default definePlugin({
  name: 'teller',
  config: z.object({ group: z.number() }),
  setup(ctx, { group }) {
    const auth = { type: 'bearer', token: '${TOKEN}' }
    const say = bot => text => bot.group(group).text(text)
    ctx.command('say <n>', ({ args }) => 'heard ' + args.n)
    ctx.webhook('line', { auth, conversation: body => body.line }, ({ body, bot }) =>
      say(bot)('line ' + body.line + ' ' + body.n))
    ctx.webhook('alone', { auth }, async ({ body, bot, job }) => {
      await say(bot)('alone ' + body.n)
      if (body.n % 3 === 0) await job('later', { key: String(body.n), after: 1500 }, { n: body.n })
    })
    ctx.onJob('later', ({ data, bot }) => say(bot)('later ' + data.n))
    ctx.cron('*/2 * * * * *', { missed: { all: '1h' }, overlap: true }, ({ bot, scheduledAt }) => say(bot)('tick ' + scheduledAt))
  },
})
`

export interface FleetTown {
  readonly jmessage: JMessage
  readonly group: number
  readonly load: FleetLoad
  /** Starts a node, and does not wait for it. */
  start(node: number): Promise<Program>
  /** What still waits, by the database. */
  waiting(): Promise<number>
  /** Ids of the events of users' messages, in the order in which they were taken. */
  said(): Promise<string[]>
}

/** Nodes whose machines' clocks are wrong in either direction, or right. */
const SKEWS = [-2000, 0, 2000]

export async function buildFleetTown(postgres: PostgresServer): Promise<FleetTown> {
  const ports = await Promise.all(SKEWS.map(() => freePort()))
  const url = await startBalancer(ports.map(port => `http://127.0.0.1:${port}`))
  const serverPort = await freePort()
  const jmessage = new JMessage(`http://127.0.0.1:${serverPort}`)
  const home = folder({ 'plugins/teller.js': TELLER })
  await startServer({ port: serverPort, data: `${home}/im`, callback: `${url}/callbacks/jmessage` })
  await jmessage.users('alice', 'bobby')
  const group = await jmessage.group('alice', 'bobby')
  write(
    `${home}/config.yaml`,
    config({
      listen: '127.0.0.1:1',
      database: postgres.url,
      jmessage: { endpoint: jmessage.url, inbound: 'both', pollEvery: '500ms' },
      log: { format: 'json', level: 'info' },
    }),
  )
  write(`${home}/bots/herald.yaml`, { username: 'herald-bot', plugins: { teller: { group } } })
  const count = async (sql: string) =>
    administer(postgres.url, async client => (await client.query(sql)).rows as Record<string, string>[])
  return {
    jmessage,
    group,
    load: new FleetLoad(url, jmessage, group),
    start: node =>
      Program.start(['start'], {
        cwd: home,
        env: {
          BEADLE_LISTEN: `127.0.0.1:${ports[node]}`,
          SKEW_MS: String(SKEWS[node]),
          NODE_OPTIONS: `--import ${fileURLToPath(new URL('skew.mjs', import.meta.url))}`,
        },
      }),
    async waiting() {
      const [row] = await count(`select (select count(*) from deliveries where state = 'pending')
        + (select count(*) from outbox where state in ('queued', 'sending', 'doubtful'))
        + (select count(*) from jobs) as waiting`)
      return Number(row!.waiting)
    },
    async said() {
      const rows = await count(`select data from deliveries where type = 'message.text' order by event_id`)
      return rows.map(({ data }) => String(JSON.parse(data!).msg_body.text))
    },
  }
}

const CALLERS = 8
const LINES = 6
const PAUSE_MS = 60

/** Calls webhooks and speaks, and notes what was taken. */
export class FleetLoad {
  readonly #url: string
  readonly #jmessage: JMessage
  readonly #group: number
  readonly alone = new Set<number>()
  /** By line, how many were taken: each was sent when the one before was acknowledged. */
  readonly lines = new Map<string, number>()
  readonly said: number[] = []
  readonly unsureSaid = new Set<number>()
  #number = 0
  #stopped = false
  #running: Promise<void>[] = []

  constructor(url: string, jmessage: JMessage, group: number) {
    this.#url = url
    this.#jmessage = jmessage
    this.#group = group
  }

  get taken(): number {
    return this.alone.size + this.said.length + [...this.lines.values()].reduce((sum, n) => sum + n, 0)
  }

  start(): void {
    this.#running = [
      ...Array.from({ length: CALLERS }, () => this.#callAlone()),
      ...Array.from({ length: LINES }, (_, line) => this.#callLine(String(line))),
      this.#speak('alice'),
    ]
  }

  /** Begins nothing new, and waits until everything that was begun was taken. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }

  async #callAlone(): Promise<void> {
    while (!this.#stopped) {
      const n = ++this.#number
      await this.#hook('alone', `alone-${n}`, { n })
      this.alone.add(n)
      await sleep(Math.random() * PAUSE_MS)
    }
  }

  async #callLine(line: string): Promise<void> {
    for (let n = 1; !this.#stopped; n++) {
      await this.#hook('line', `line-${line}-${n}`, { line, n })
      this.lines.set(line, n)
    }
  }

  /** Until it is taken. */
  async #hook(name: string, key: string, body: object): Promise<void> {
    for (;;) {
      try {
        const response = await fetch(`${this.#url}/hooks/herald/teller/${name}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${TOKEN}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify(body),
        })
        await response.text().catch(() => {})
        if (response.status === 202) return
        if (response.status !== 503) throw new TypeError(`a webhook was answered ${response.status}`)
      } catch (error) {
        if (error instanceof TypeError && error.message.startsWith('a webhook')) throw error
      }
      await sleep(50)
    }
  }

  async #speak(user: string): Promise<void> {
    while (!this.#stopped) {
      const n = ++this.#number
      try {
        await this.#jmessage.say(user, { group: this.#group }, `/say ${n}`)
        this.said.push(n)
      } catch {
        this.unsureSaid.add(n)
      }
      await sleep(Math.random() * 2 * PAUSE_MS)
    }
  }
}
