import { createRequire } from 'node:module'
import type { Dispatcher } from 'undici'
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
  /** Longest wait for a connection, for the answer to begin, and between its parts. Default 10,000 ms. */
  readonly timeoutMs?: number
  /** Connections kept open at most. Default 32. */
  readonly connections?: number
}

/** An answer larger than this is cut off: no JMessage answer comes near. */
const ANSWER_BYTES = 32 * 1024 * 1024

/** Keeps connections to one origin alive. */
export function poolTransport(origin: string, options: TransportOptions = {}): Transport {
  const { timeoutMs = 10_000, connections = 32 } = options
  const pool = new Pool(origin, {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  })
  return {
    send: request =>
      new Promise((resolve, reject) => {
        const collector = new Collector(origin, resolve, reject)
        try {
          pool.dispatch({ ...request }, collector)
        } catch (cause) {
          collector.onResponseError(undefined, asError(cause))
        }
      }),
    close: () => pool.destroy(),
  }
}

/** Gathers an answer. Of undici's interfaces this one costs least, and it tells whether the request left. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #origin: string
  readonly #resolve: (answer: HttpAnswer) => void
  readonly #reject: (error: TransportError) => void
  readonly #chunks: Buffer[] = []
  #started = false
  #status = 0
  #size = 0
  #headers: Record<string, string | string[] | undefined> = {}

  constructor(
    origin: string,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#origin = origin
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(): void {
    this.#started = true
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > ANSWER_BYTES)
      return void controller.abort(Object.assign(new Error('answer too large'), { code: 'ANSWER_TOO_LARGE' }))
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const headers = this.#headers
    this.#resolve({
      status: this.#status,
      text: (this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)).toString('utf8'),
      header: name => headers[name]?.toString(),
    })
  }

  onResponseError(_: unknown, cause: Error): void {
    const phase = this.#started ? 'after' : 'before'
    const code = (cause as NodeJS.ErrnoException).code ?? cause.name
    this.#reject(new TransportError(`${this.#origin} does not answer (${code})`, phase, cause))
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
