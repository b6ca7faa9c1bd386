import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
import { Chain, type Link } from '../base/chain.ts'
import { asError } from '../base/errors.ts'
import { TransportError } from './errors.ts'

// The pool alone: all of undici takes a tenth of the time of a start to load.
const Pool: typeof import('undici').Pool = createRequire(import.meta.url)('undici/lib/dispatcher/pool.js')

/** One HTTP request, its path relative to the origin of the transport. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string | Buffer
}

/** One HTTP answer, read to its end. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
  header(name: string): string | undefined
}

/** Carries requests to one origin. */
export interface Transport {
  /** @throws TransportError when there is no whole answer */
  send(request: HttpRequest): Promise<HttpAnswer>
  close(): Promise<void>
}

export interface TransportOptions {
  /**
   * Longest wait for a connection, for the answer to begin, and between its parts; all of an answer may take six times
   * as long, seven times at most. Default 10,000 ms.
   */
  readonly timeoutMs?: number
  /** Connections kept open at most. Default 32. */
  readonly connections?: number
}

/** An answer larger than this is cut off: no JMessage answer comes near. */
const ANSWER_BYTES = 32 * 1024 * 1024
/** An answer that takes longer than so many of its timeouts is cut off, though its parts come in time. */
const ANSWER_TIMEOUTS = 6

/** Keeps connections to one origin alive. */
export function poolTransport(origin: string, options: TransportOptions = {}): Transport {
  const { timeoutMs = 10_000, connections = 32 } = options
  const pool = new Pool(origin, {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  })
  const underWay = new UnderWay(timeoutMs)
  return {
    send: request =>
      new Promise((resolve, reject) => {
        const collector = new Collector({ origin, underWay, resolve, reject })
        try {
          pool.dispatch({ ...request }, collector)
        } catch (cause) {
          collector.onResponseError(undefined, asError(cause))
        }
      }),
    close() {
      underWay.close()
      return pool.destroy()
    },
  }
}

/** A request that left, and has no whole answer yet. */
interface Asked {
  readonly controller: Dispatcher.DispatchController
  /** When it left, in rounds. */
  readonly round: number
}

/**
 * The requests that are under way. They may take equally long, so that one timer, going round for all of them, finds
 * what takes too long at the front. It is not of the clock, as sockets know real time only.
 */
class UnderWay {
  readonly #asked = new Chain<Asked>()
  readonly #timer: NodeJS.Timeout
  #round = 0

  constructor(roundMs: number) {
    this.#timer = setInterval(() => this.#goRound(), roundMs).unref()
  }

  add(controller: Dispatcher.DispatchController): Link<Asked> {
    return this.#asked.add({ controller, round: this.#round })
  }

  remove(link: Link<Asked>): void {
    this.#asked.remove(link)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #goRound(): void {
    this.#round++
    for (let next = this.#asked.first; next; next = this.#asked.first) {
      // It left in the course of a round, which is not counted.
      if (this.#round - next.item.round <= ANSWER_TIMEOUTS) return
      this.#asked.remove(next)
      next.item.controller.abort(cutOff('too slow', 'ANSWER_TOO_SLOW'))
    }
  }
}

const cutOff = (how: string, code: string): Error => Object.assign(new Error(`answer ${how}`), { code })

interface Collecting {
  readonly origin: string
  readonly underWay: UnderWay
  readonly resolve: (answer: HttpAnswer) => void
  readonly reject: (error: TransportError) => void
}

/** Gathers an answer. Of undici's interfaces this one costs least, and it tells whether the request left. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #options: Collecting
  readonly #chunks: Buffer[] = []
  /** Its place among those under way, once it left. */
  #asked: Link<Asked> | undefined
  #status = 0
  #size = 0
  #headers: Record<string, string | string[] | undefined> = {}

  constructor(options: Collecting) {
    this.#options = options
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#asked = this.#options.underWay.add(controller)
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > ANSWER_BYTES) return void controller.abort(cutOff('too large', 'ANSWER_TOO_LARGE'))
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const { underWay, resolve } = this.#options
    const headers = this.#headers
    underWay.remove(this.#asked!)
    resolve({
      status: this.#status,
      text: (this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)).toString('utf8'),
      header: name => headers[name]?.toString(),
    })
  }

  onResponseError(_: unknown, cause: Error): void {
    const { origin, underWay, reject } = this.#options
    const phase = this.#asked ? 'after' : 'before'
    const code = (cause as NodeJS.ErrnoException).code ?? cause.name
    if (this.#asked) underWay.remove(this.#asked)
    reject(new TransportError(`${origin} does not answer (${code})`, phase, cause))
  }
}

/** Hands requests to a server in this process, without a socket. */
export function fetchTransport(fetch: (request: Request) => Promise<Response>): Transport {
  return {
    async send({ method, path, headers, body }) {
      const init = { method, headers, ...(body === undefined ? {} : { body: body as string }) }
      try {
        const response = await fetch(new Request(`http://in-process${path}`, init))
        const text = await response.text()
        return { status: response.status, text, header: name => response.headers.get(name) ?? undefined }
      } catch (cause) {
        throw new TransportError(
          `the server in this process failed: ${asError(cause).message}`,
          'after',
          cause,
        )
      }
    },
    close: async () => {},
  }
}
