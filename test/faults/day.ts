import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { config } from '../e2e/beadle.ts'
import { folder, freePort } from '../e2e/places.ts'
import { Program } from '../e2e/program.ts'
import { until } from '../e2e/until.ts'
import { DAY_PLUGIN } from './day-plugin.ts'
import type { Place } from './days.ts'
import { databaseSetting, saidTo } from './said.ts'

const CRASH_POINTS = fileURLToPath(new URL('./crash-points.mjs', import.meta.url))
const RETRY_MS = 25
const OUTPUT_CHARS = 3000
/** Where a fifth of the calls fail, pauses add up. */
const PATIENCE_MS = 120_000

/** What a scripted day came to. */
export interface Day {
  /** The point at which Beadle was killed; nothing when it was not. */
  readonly killedAt: string | undefined
  /** Points that were passed. */
  readonly points: number
  /** What is not as it has to be; empty when all is well. */
  readonly wrong: readonly string[]
}

/**
 * Lives through a day of a bot in an app of its own: webhooks, messages, a schedule, jobs, a mute with a term, a post that
 * is taken back, a picture, and a message to many. Beadle is killed at one point, and started again.
 *
 * @param killAt  number of the point, from 1; without it Beadle lives
 */
export async function liveThrough(place: Place, killAt: number | undefined): Promise<Day> {
  const { jmessage, groups } = place
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { appKey, masterSecret } = place.app
  const setting = await databaseSetting()
  const home = folder({
    'config.yaml': config({
      listen: `127.0.0.1:${port}`,
      jmessage: {
        endpoint: jmessage.url,
        inbound: 'both',
        pollEvery: '200ms',
        appKey,
        masterSecret,
        quota: 'off',
      },
      log: { format: 'json', level: 'warn' },
      ...setting,
    }),
    'bots/day.yaml': { username: 'day-bot', plugins: { day: {} } },
    'plugins/day.js': DAY_PLUGIN,
  })
  place.hearAt(`${url}/callbacks/jmessage`)
  const pointsFile = `${home}/points`
  const keeper = new Keeper(home, killAt, pointsFile)
  const said = () => saidTo('day', `${home}/data`, setting.database)
  await keeper.start()
  const hook = async (name: string, n = 1) => {
    const body = JSON.stringify({ n, groups })
    const headers = { 'content-type': 'application/json', 'idempotency-key': `${name}-${n}` }
    await until(
      `the webhook ${name} is taken`,
      async () => {
        const answer = await fetch(`${url}/hooks/day/day/${name}`, { method: 'POST', headers, body }).catch(
          () => undefined,
        )
        await answer?.text().catch(() => {})
        if (answer && answer.status !== 202 && answer.status !== 503 && answer.status !== 404)
          throw new Error(`the webhook ${name} was answered ${answer.status}`)
        return answer?.status === 202
      },
      { everyMs: RETRY_MS },
    )
  }
  await hook('ticks')
  await Promise.all([
    hook('post', 1),
    hook('post', 2),
    hook('picture'),
    hook('later'),
    hook('brief'),
    hook('many'),
    (async () => {
      for (const text of ['/say 1', '/say 2', `/hush dave ${groups[0]}`, '/say 3']) await say(place, text)
    })(),
  ])
  let wrong = await atRest(place, said, keeper, url)
  let end = await keeper.stop()
  // The last of the points are in its shutting down.
  if (end === 'SIGKILL') {
    await keeper.startAgain()
    if (wrong.length === 0) wrong = await atRest(place, said, keeper, url)
    end = await keeper.stop()
  }
  if (wrong.length > 0) wrong.push(keeper.output)
  if (end !== 0) wrong.push(`Beadle ended with ${end}`)
  // What comes after all was well is wrong, too.
  if (wrong.length === 0) wrong = await atLast(() => wrongIn(place, said))
  const points = existsSync(pointsFile) ? readFileSync(pointsFile, 'utf8').trim().split('\n') : []
  return { killedAt: killAt === undefined ? undefined : points[killAt - 1], points: points.length, wrong }
}

/** Waits until all is as it has to be, or for long; what is not. */
async function atRest(place: Place, said: Said, keeper: Keeper, url: string): Promise<string[]> {
  let wrong: string[] = ['nothing was looked at yet']
  await until(
    'all is as it has to be',
    async () => {
      // A look may be one of the calls that fail.
      wrong = keeper.isUp
        ? await wrongIn(place, said, url).catch(error => [String(error)])
        : ['Beadle is not up']
      return wrong.length === 0
    },
    { patienceMs: PATIENCE_MS },
  ).catch(error => {
    if (wrong.length === 0) throw error
  })
  return wrong
}

/** Tries again while it fails. */
async function atLast<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 20; ; tries--) {
    try {
      return await run()
    } catch (error) {
      if (tries === 0) throw error
    }
  }
}

/** Says something as alice. */
async function say({ jmessage, app, groups: [group] }: Place, text: string): Promise<void> {
  const message = { from_id: 'alice', target_type: 'group', target_id: String(group), text }
  const { status } = await jmessage.call('POST', `/sandbox/apps/${app.appKey}/messages`, message)
  if (status >= 300) throw new Error(`alice could not speak: ${status}`)
}

const EXPECTED: readonly (readonly string[])[] = [
  [
    ...['/say 1', '/say 2', '/say 3', 'heard 1', 'heard 2', 'heard 3', 'hushed dave', 'later 1'],
    ...['posted 1', 'posted 2', 'to all 1', 'withdrew 1'],
  ],
  ['posted 1', 'posted 2', 'to all 1'],
]

/** What users said, in the order in which Beadle took it. */
type Said = () => Promise<string[]>

/** The answers in the order in which Beadle took what was said. */
const answersDue = (said: readonly string[]): string[] =>
  said.filter(text => text.startsWith('/say ')).map(text => text.replace('/say ', 'heard '))

async function wrongIn(place: Place, said: Said, url?: string): Promise<string[]> {
  const { jmessage, groups } = place
  const wrong: string[] = []
  for (const [index, group] of groups.entries()) {
    const history = await jmessage.history({ group })
    const texts = history.flatMap(({ msg_body: { text } }) => (text === undefined ? [] : [String(text)]))
    const pictures = history.filter(({ msg_type }) => msg_type === 'image').length
    if (pictures !== (index === 0 ? 1 : 0)) wrong.push(`${pictures} pictures in group ${index}`)
    const found = texts.filter(text => !/^(tick |\/hush |\/spoke)/.test(text)).sort()
    const expected = [...EXPECTED[index]!].sort()
    if (found.join() !== expected.join()) wrong.push(`group ${index}: ${found.join()}`)
    const heard = texts.filter(text => text.startsWith('heard'))
    if (index === 0 && heard.join() !== answersDue(await said()).join())
      wrong.push(`out of order: ${heard.join()}`)
    const ticks = texts.filter(text => text.startsWith('tick'))
    if (new Set(ticks).size < ticks.length) wrong.push(`ticked twice: ${ticks.join()}`)
  }
  // The mute has a term, after which the muted speaks again.
  if (wrong.length > 0 || url === undefined) return wrong
  const { waiting } = (await (await fetch(`${url}/readyz`)).json()) as { waiting: number }
  if (waiting > 0) wrong.push(`${waiting} wait`)
  const { appKey } = place.app
  const text = { from_id: 'dave', target_type: 'group', target_id: String(groups[0]), text: '/spoke' }
  const spoke = await jmessage.call('POST', `/sandbox/apps/${appKey}/messages`, text)
  if (spoke.status >= 300) wrong.push(`dave is still muted: ${JSON.stringify(spoke)}`)
  return wrong
}

/** Keeps Beadle running: killed at a point, it is started again. */
class Keeper {
  readonly #home: string
  readonly #killAt: number | undefined
  readonly #points: string
  #program: Program | undefined
  #stopping = false

  constructor(home: string, killAt: number | undefined, points: string) {
    this.#home = home
    this.#killAt = killAt
    this.#points = points
  }

  get isUp(): boolean {
    return /Ready\./.test(this.#program?.stdout ?? '') && this.#program!.isRunning
  }

  /** What Beadle said last. */
  get output(): string {
    return this.#program?.output.slice(-OUTPUT_CHARS) ?? ''
  }

  async start(): Promise<void> {
    const { NODE_OPTIONS = '' } = process.env
    const crash = {
      NODE_OPTIONS: `${NODE_OPTIONS} --import=${CRASH_POINTS}`,
      CRASH_POINTS: this.#points,
      ...(this.#killAt === undefined ? {} : { CRASH_AT: String(this.#killAt) }),
    }
    this.#program = await Program.start(['start'], { cwd: this.#home, env: crash })
    void this.#keep(this.#program)
  }

  async startAgain(): Promise<void> {
    this.#program = await Program.start(['start'], { cwd: this.#home })
  }

  async #keep(first: Program): Promise<void> {
    for (let program = first; ; program = this.#program!) {
      const { signal, code } = await program.ended
      if (this.#stopping) return
      if (signal !== 'SIGKILL') throw new Error(`Beadle ended with ${code}:\n${program.output}`)
      await sleep(RETRY_MS)
      if (this.#stopping) return
      await this.startAgain()
    }
  }

  /** Its exit code, or the signal that ended it. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    this.#stopping = true
    const { code, signal } = await this.#program!.stop()
    return signal ?? code
  }
}
