import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Passes requests on to an IM server, and notes them. */
export class Recorder {
  readonly url: string
  /** Method and path of each request, such as `POST /v1/messages`. */
  readonly requests: string[] = []
  readonly #toLose: string[] = []

  private constructor(url: string) {
    this.url = url
  }

  static async start(target: string): Promise<Recorder> {
    const server = createServer((incoming, outgoing) => {
      const line = `${incoming.method} ${incoming.url}`
      recorder.requests.push(line)
      const toLose = recorder.#toLose.findIndex(beginning => line.startsWith(beginning))
      if (toLose >= 0) recorder.#toLose.splice(toLose, 1)
      passOn(target, incoming, outgoing, toLose >= 0)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const recorder = new Recorder(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return recorder
  }

  /** Loses the answer of the next request that begins with this: it takes effect, and nobody is told. */
  loseAnswer(beginning: string): void {
    this.#toLose.push(beginning)
  }

  /** How many requests began with this. */
  count(beginning: string): number {
    return this.requests.filter(request => request.startsWith(beginning)).length
  }
}

function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse, lose: boolean): void {
  const { method, headers, url } = incoming
  const passed = request(`${target}${url}`, { method, headers }, answer => {
    if (lose) return void answer.resume().on('end', () => outgoing.destroy())
    outgoing.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(outgoing)
  })
  passed.on('error', () => outgoing.destroy())
  incoming.pipe(passed)
}
