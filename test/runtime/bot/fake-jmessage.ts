import type { Clock } from '../../../src/base/clock.ts'
import {
  type Client,
  createClient,
  fetchTransport,
  type QuotaSetting,
  TransportError,
} from '../../../src/client/index.ts'
import type { MessageRecord, OutgoingMessage } from '../../../src/protocol/index.ts'

/** What goes wrong with a request: before it takes effect, or after. */
export type Fault =
  | 'refused'
  | 'reset-before'
  | 'reset-after'
  | 'http-500-before'
  | 'http-500-after'
  | 'http-429'
  | 'http-400'

export const APP = { appKey: 'a'.repeat(24), masterSecret: 'm4ster-s3cret'.padEnd(24, '0') }

/** JMessage as far as the outbox needs it, in this process: it keeps messages, and fails as it is told. */
export class FakeJMessage {
  readonly history: MessageRecord[] = []
  /** Requests that arrived, history reads left out. */
  readonly calls: string[] = []
  historyReads = 0
  historyRefused = false
  isDown = false
  /** How long an answer takes. */
  delay: () => Promise<void> = async () => {}
  /** What goes wrong with the next request, if anything. */
  fault: (path: string, body?: string) => Fault | undefined = () => undefined
  retryAfterSeconds = 30
  /** Refusal of sends with this text. */
  readonly refusals = new Map<string, { status: number; code: number }>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get texts(): string[] {
    return this.history.map(({ msg_body }) => String(msg_body.text))
  }

  /** A client that reaches it without a socket, while the process lives that it belongs to. */
  client({
    isDead = () => false,
    quota = 'off',
  }: {
    readonly isDead?: () => boolean
    readonly quota?: QuotaSetting
  } = {}): Client {
    const inner = fetchTransport(request => this.#answer(request))
    return createClient({
      endpoint: 'http://fake',
      ...APP,
      clock: this.#clock,
      quota,
      transport: {
        close: inner.close,
        send: async request => {
          if (isDead()) return never
          const fault = this.isDown ? 'refused' : this.fault(request.path, request.body?.toString())
          if (fault === 'refused') throw new TransportError('http://fake does not answer', 'before')
          if (fault === 'reset-before') throw new TransportError('http://fake does not answer', 'after')
          if (fault === 'http-500-before') return answer(500, { error: { code: 899000, message: 'oops' } })
          if (fault === 'http-400')
            return answer(400, { error: { code: 899003, message: 'parameter invalid' } })
          if (fault === 'http-429') {
            const headers = { 'retry-after': String(this.retryAfterSeconds) }
            return answer(429, { error: { code: 2002, message: 'full' } }, headers)
          }
          const given = await inner.send(request)
          if (isDead()) return never
          if (fault === 'reset-after') throw new TransportError('http://fake does not answer', 'after')
          if (fault === 'http-500-after') return answer(500, {})
          return given
        },
      },
    })
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    await this.delay()
    if (request.method === 'GET') {
      this.historyReads++
      if (this.historyRefused)
        return Response.json({ error: { code: 1, message: 'no right' } }, { status: 403 })
      return this.#page(Number(searchParams.get('cursor') ?? 0))
    }
    const body = await request.text()
    this.calls.push(`${request.method} ${pathname}`)
    if (pathname !== '/v1/messages') return new Response(null, { status: 204 })
    const message = JSON.parse(body) as OutgoingMessage
    const refusal = this.refusals.get(String((message.msg_body as { text?: string }).text))
    if (refusal) {
      const { status, code } = refusal
      return Response.json({ error: { code, message: 'no' } }, { status })
    }
    const record = {
      ...message,
      msgid: 1000 + this.history.length,
      create_time: Math.floor(this.#clock.now() / 1000),
      msg_ctime: this.#clock.now(),
    }
    this.history.push(record as never)
    return Response.json({ msg_id: record.msgid, msg_ctime: record.msg_ctime }, { status: 201 })
  }

  #page(from: number): Response {
    const messages = this.history.slice(from, from + 3)
    const next = from + 3
    const cursor = next < this.history.length ? { cursor: String(next) } : {}
    return Response.json({ total: this.history.length, count: messages.length, messages, ...cursor })
  }
}

const never = new Promise<never>(() => {})

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  text: JSON.stringify(body),
  header: (name: string) => headers[name],
})
