import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { JMessage } from '../e2e/jmessage.ts'
import { Program } from '../e2e/program.ts'
import { everyFault } from './town.ts'

interface App {
  readonly appKey: string
  readonly masterSecret: string
}

/** Where a day takes place: an app of its own, with people and two groups. */
export interface Place {
  readonly app: App
  readonly jmessage: JMessage
  readonly groups: readonly [number, number]
  /** Has callbacks of the app posted there. */
  hearAt(url: string): void
}

const appOf = (n: number): App => ({
  appKey: `day${String(n).padStart(21, '0')}`,
  masterSecret: `secret${String(n).padStart(18, '0')}`,
})

/** An IM server with an app for each of so many days. */
export class Days {
  readonly #server: Program
  readonly #places: Place[]

  private constructor(server: Program, places: Place[]) {
    this.#server = server
    this.#places = places
  }

  /** @param options.faults  how many of the calls fail, from 0 to 1 */
  static async open(days: number, { faults = 0, seed = 1 } = {}): Promise<Days> {
    const urls = new Map<string, string>()
    const callback = await router(urls)
    const apps = Array.from({ length: days }, (_, n) => appOf(n))
    const server = await Program.start([
      ...['server', '--listen', '127.0.0.1:0', '--data', ':memory:', '--sandbox', '--callback', callback],
      ...apps.flatMap(({ appKey, masterSecret }) => ['--app', `${appKey}:${masterSecret}`]),
    ])
    await server.says(/http:\S+:\d+/)
    const url = /http:\S+:\d+/.exec(server.stdout)![0]
    const places: Place[] = []
    for (const app of apps) places.push(await placeFor(app, url, urls))
    if (faults > 0) {
      const rules = { seed, rules: everyFault(faults) }
      await new JMessage(url).must('PUT', '/sandbox/faults', rules)
    }
    return new Days(server, places)
  }

  /** The next place in which nothing happened yet. */
  place(): Place {
    if (!this.#server.isRunning) throw new Error(`the server ended:\n${this.#server.output}`)
    return this.#places.shift()!
  }
}

async function placeFor(app: App, url: string, urls: Map<string, string>): Promise<Place> {
  const jmessage = new JMessage(url, app)
  await jmessage.users('alice', 'bobby', 'dave')
  const groups = [await jmessage.group('alice', 'bobby', 'dave'), await jmessage.group('alice')] as const
  return { app, jmessage, groups, hearAt: callback => void urls.set(app.appKey, callback) }
}

/** Passes callbacks on by the app whose they are; one whose Beadle is not up is posted again by the server. */
async function router(urls: ReadonlyMap<string, string>): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { authorization = '' } = incoming.headers
    const [appKey = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')
    const url = urls.get(appKey)
    if (url === undefined) return void outgoing.writeHead(503).end()
    const passed = request(url, { method: 'POST', headers: incoming.headers }, answer => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
