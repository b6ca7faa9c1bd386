import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Log } from '../base/log.ts'
import { failure } from './http.ts'
import type { Answer, Asked } from './sources/answer.ts'
import { SMALL_BYTES } from './sources/bodies.ts'
import { hasNoBody } from './sources/webhook/reply.ts'
import type { Webhooks } from './sources/webhook/webhooks.ts'

/** Answers a request on its socket, or leaves it, with `false`, to whatever answers all others. */
export type Shortcut = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

/**
 * Answers what comes most: calls of webhooks that are there, with bodies that are small and say so. A request and a
 * response of the Fetch API for each would cost a tenth of all that is done for an event.
 */
export function createShortcut(webhooks: Pick<Webhooks, 'has' | 'handle'>, log: Log): Shortcut {
  return (incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    if (method !== 'POST' || !webhooks.has(url) || !(Number(headers['content-length']) <= SMALL_BYTES))
      return false
    webhooks
      .handle(new AskedOfNode(incoming, url))
      .catch(error => (error === CALLER_LEFT ? undefined : failure(error, url, log)))
      .then(answer => answer && send(outgoing, answer))
    return true
  }
}

function send(outgoing: ServerResponse, answer: Answer): void {
  const { status, retryAfter, reply } = answer
  const text = reply ? reply.text : JSON.stringify(answer.body)
  if (retryAfter !== undefined) outgoing.setHeader('retry-after', retryAfter)
  outgoing.writeHead(status, {
    ...(reply ? reply.headers : JSON_HEADERS),
    ...(hasNoBody(status) ? {} : { 'content-length': Buffer.byteLength(text) }),
  })
  outgoing.end(text)
}

const JSON_HEADERS = { 'content-type': 'application/json' }

const CALLER_LEFT = new Error('the caller left before the request was there')

class AskedOfNode implements Asked {
  readonly path: string
  readonly #incoming: IncomingMessage

  constructor(incoming: IncomingMessage, path: string) {
    this.#incoming = incoming
    this.path = path
  }

  get from(): string | undefined {
    return this.#incoming.socket.remoteAddress
  }

  header(name: string): string | undefined {
    // Of these only `set-cookie` is a list.
    return this.#incoming.headers[name.toLowerCase()] as string | undefined
  }

  bytes(): Promise<Buffer> {
    const parts: Buffer[] = []
    return new Promise((resolve, reject) => {
      this.#incoming
        .on('data', part => parts.push(part))
        .on('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
        .on('close', () => reject(CALLER_LEFT))
    })
  }

  parts(): ReadableStreamDefaultReader<Uint8Array> {
    return Readable.toWeb(this.#incoming).getReader()
  }
}
