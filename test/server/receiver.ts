import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { MessageCallback } from '../../src/protocol/index.ts'

/** A bot server that keeps what it is told and answers with `status`; 0 is no answer at all. */
export async function receiver() {
  const received: { authorization: string | undefined; batch: MessageCallback }[] = []
  const state = { status: 200, received, url: '', atOnce: 0, most: 0 }
  const server = createServer((request, response) => {
    state.most = Math.max(state.most, ++state.atOnce)
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      state.atOnce--
      received.push({ authorization: request.headers.authorization, batch: JSON.parse(text) })
      if (state.status === 0) return
      response.writeHead(state.status).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return state
}

/** The texts of all messages in batches. */
export const texts = (batches: { batch: MessageCallback }[]) =>
  batches.flatMap(({ batch }) => batch.messages.map(message => message.msg_body.text))
