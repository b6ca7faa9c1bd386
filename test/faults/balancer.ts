import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Passes requests on to nodes in turn; what one does not take is passed to the next. */
export async function startBalancer(nodes: readonly string[]): Promise<string> {
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', chunk => chunks.push(chunk))
    incoming.on('end', () => pass(Buffer.concat(chunks), incoming, outgoing, nodes.length))
  })
  const pass = (body: Buffer, incoming: IncomingMessage, outgoing: ServerResponse, tries: number) => {
    const node = nodes[turn++ % nodes.length]!
    const { method, headers, url } = incoming
    const passed = request(`${node}${url}`, { method, headers, agent: false }, answer => {
      // Not ready, or not able: another one may be.
      if (answer.statusCode === 503 && tries > 1) {
        answer.resume()
        return pass(body, incoming, outgoing, tries - 1)
      }
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    passed.on('error', error => {
      const wasRefused = (error as { code?: string }).code === 'ECONNREFUSED'
      if (wasRefused && tries > 1) pass(body, incoming, outgoing, tries - 1)
      else outgoing.destroy()
    })
    passed.end(body)
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
