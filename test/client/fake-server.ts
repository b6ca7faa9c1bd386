import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as it arrived, its body read. */
export interface Arrived {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly answer: ServerResponse
  readonly socket: Socket
}

export interface FakeServer {
  readonly url: string
  readonly requests: Arrived[]
  close(): Promise<void>
}

/** An HTTP server on loopback that answers as it is told. */
export async function fakeServer(handle: (request: Arrived) => unknown, port = 0): Promise<FakeServer> {
  const requests: Arrived[] = []
  const server = createServer((message, answer) => {
    const chunks: Buffer[] = []
    message.on('data', chunk => chunks.push(chunk))
    message.on('end', () => {
      const request = {
        method: message.method!,
        path: message.url!,
        headers: message.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        answer,
        socket: message.socket,
      }
      requests.push(request)
      handle(request)
    })
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers with JSON. */
export function json(answer: ServerResponse, status: number, body?: unknown, headers = {}): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers })
  answer.end(body === undefined ? undefined : JSON.stringify(body))
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = await fakeServer(() => {})
  await server.close()
  return Number(new URL(server.url).port)
}
