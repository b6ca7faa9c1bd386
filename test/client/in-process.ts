import { onTestFinished } from 'vitest'
import { ManualClock } from '../../src/base/clock.ts'
import { type Client, createClient, fetchTransport, type HttpRequest } from '../../src/client/index.ts'
import type { OutgoingMessage } from '../../src/protocol/index.ts'
import { type ServerOptions, startServer } from '../../src/server/index.ts'
import { memory } from '../server/place.ts'
import { APP, OTHER } from '../server/world.ts'

/** What happens to a request in place of what would: an answer of its own, or an error. Nothing: it goes its way. */
export type Meddle = (request: HttpRequest) => { status: number; body?: unknown } | undefined

export interface InProcess {
  readonly client: Client
  readonly clock: ManualClock
  /** The requests that were sent. */
  readonly requests: HttpRequest[]
  meddle: Meddle
  /** Registers users `prefix0001` and on, and answers their names. */
  people(count: number, prefix?: string): Promise<string[]>
}

/** A client of a server in this process; both have a clock that stands still. */
export async function inProcess({
  rateLimit = 'off',
}: Pick<ServerOptions, 'rateLimit'> = {}): Promise<InProcess> {
  const clock = new ManualClock()
  const server = await startServer({
    listen: undefined,
    ...(await memory()),
    apps: [APP, OTHER],
    rateLimit,
    clock,
  })
  onTestFinished(() => server.close())
  const inner = fetchTransport(request => server.fetch(request))
  const requests: HttpRequest[] = []
  const client = createClient({
    endpoint: server.url,
    ...APP,
    clock,
    transport: {
      close: inner.close,
      send: async request => {
        requests.push(request)
        const answer = world.meddle(request)
        if (!answer) return inner.send(request)
        return { status: answer.status, text: JSON.stringify(answer.body ?? {}), header: () => undefined }
      },
    },
  })
  const world: InProcess = {
    client,
    clock,
    requests,
    meddle: () => undefined,
    people: async (count, prefix = 'user') => {
      const names = Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(4, '0')}`)
      await client.users.register.many({ body: names.map(username => ({ username, password: 'secret' })) })
      requests.length = 0
      return names
    },
  }
  return world
}

export const admin = { username: 'admin1', password: 'secret' }

/** A text of {@link admin}. */
export const text = (target: string, words: string): OutgoingMessage => ({
  version: 1,
  target_type: 'single',
  target_id: target,
  from_type: 'admin',
  from_id: admin.username,
  msg_type: 'text',
  msg_body: { text: words },
})
