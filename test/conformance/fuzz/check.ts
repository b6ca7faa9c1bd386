import { systemClock } from '../../../src/base/clock.ts'
import type { ImServer } from '../../../src/server/index.ts'
import { judged } from './operations.ts'
import type { Sent } from './requests.ts'

/** An answer that takes longer is taken for none. Far more than any needs, for machines that are busy. */
const LONGEST_MS = 20_000
/** Streams that are read from at the same time. */
const OPEN_STREAMS = 5

/** As text, for reports. */
export const shown = ({ method, target, headers, body, way }: Sent): string =>
  JSON.stringify({ method, target, headers, way, body: body?.toString('latin1').slice(0, 2000) })

/** Sends requests to a server in this process and finds what is wrong with its answers. */
export class Prober {
  readonly #server: ImServer
  readonly #streams: ReadableStream[] = []
  /** Answers by status. */
  readonly statuses = new Map<number, number>()

  constructor(server: ImServer) {
    this.#server = server
  }

  /** What is wrong with the answer, or undefined. */
  async probe(sent: Sent): Promise<string | undefined> {
    const request = requestOf(sent)
    // Some cannot be said in this way: they are for sockets.
    if (!request) return undefined
    const answer = await inTime(this.#server.fetch(request))
    if (!answer) return 'no answer'
    const { status } = answer
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    if (status >= 500) return `status ${status}`
    if (answer.headers.get('content-type')?.startsWith('text/event-stream')) return this.#follow(answer)
    const text = await inTime(answer.text())
    if (text === undefined) return 'no end of the answer'
    return problemOf(sent, status, text, answer.headers.get('content-type') ?? '')
  }

  /** Stops reading. */
  async close(): Promise<void> {
    for (const stream of this.#streams.splice(0)) await stream.cancel()
  }

  async #follow(answer: Response): Promise<undefined> {
    this.#streams.push(answer.body!)
    if (this.#streams.length > OPEN_STREAMS) await this.#streams.shift()?.cancel()
  }
}

function requestOf({ method, target, headers, body, way = 'whole' }: Sent): Request | undefined {
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: headers.map(([k, v]): [string, string] => [k, v]),
  }
  if (body !== undefined && !/^(GET|HEAD)$/i.test(method)) {
    init.body = way === 'whole' ? new Uint8Array(body) : pieces(body, way === 'broken')
    init.duplex = 'half'
  }
  try {
    return new Request(`http://localhost${target}`, init)
  } catch {
    return undefined
  }
}

function pieces(body: Buffer, isBroken: boolean): ReadableStream<Uint8Array> {
  const size = Math.max(1, Math.ceil(body.length / 3))
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (isBroken && at > 0) return controller.error(new Error('the sender went away'))
      if (at >= body.length) return controller.close()
      controller.enqueue(new Uint8Array(body.subarray(at, at + size)))
      at += size
    },
  })
}

async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let stop = () => {}
  const late = new Promise<undefined>(resolve => {
    stop = systemClock.after(LONGEST_MS, () => resolve(undefined))
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    stop()
  }
}

/** What is wrong with an answer that has come. */
export function problemOf(sent: Sent, status: number, text: string, type: string): string | undefined {
  if (status >= 500) return `status ${status}`
  if (/master|secret\d|scrypt|node_modules| at .*\.ts:/.test(text) && !/^\/(docs|openapi)/.test(sent.target))
    return `says too much: ${text.slice(0, 200)}`
  if (sent.method === 'HEAD' || [204, 304, 416].includes(status))
    return text === '' ? undefined : 'has a body'
  const isJson = type.startsWith('application/json')
  if (status >= 400) return isJson ? badEnvelope(text) : `is ${type}, not JSON`
  if (!sent.operation) return undefined
  const wrong = judged(sent.operation, status, isJson ? JSON.parse(text) : text)
  return wrong && `${wrong}: ${status} ${text.slice(0, 300)}`
}

/** The form of all errors; a batch tells of each item. */
function badEnvelope(text: string): string | undefined {
  const said = JSON.parse(text) as unknown
  const errors = Array.isArray(said) ? said : [said]
  const isGood = errors.some(item => {
    const { code, message } = (item as { error?: { code?: unknown; message?: unknown } }).error ?? {}
    return Number.isInteger(code) && typeof message === 'string' && message !== ''
  })
  return isGood ? undefined : `no error in ${text.slice(0, 300)}`
}
