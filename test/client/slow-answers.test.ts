import { afterEach, expect, test } from 'vitest'
import { type Client, createClient, TransportError } from '../../src/client/index.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'

const TIMEOUT_MS = 300
const undo: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A server that answers in parts, one each 30 ms. */
async function dripping(parts: Iterable<string>): Promise<{ client: Client; server: FakeServer }> {
  const server = await fakeServer(({ answer }) => {
    answer.writeHead(201)
    const rest = parts[Symbol.iterator]()
    const timer = setInterval(() => {
      const { value, done } = rest.next()
      if (!done && !answer.destroyed) return void answer.write(value)
      clearInterval(timer)
      answer.end()
    }, 30)
  })
  const keys = { appKey: 'a'.repeat(24), masterSecret: 's'.repeat(24) }
  const client = createClient({ endpoint: server.url, ...keys, timeoutMs: TIMEOUT_MS })
  undo.push(server.close, client.close)
  return { client, server }
}

const send = (client: Client) =>
  client.messages.send({
    body: {
      ...{ version: 1, target_type: 'group', target_id: '10001', from_type: 'admin', from_id: 'robot' },
      ...{ msg_type: 'text', msg_body: { text: 'hello' } },
    },
  })

function* endless(): Generator<string> {
  for (;;) yield ' '
}

test('an answer that drips for ever is cut off, and is in doubt', async () => {
  const { client, server } = await dripping(endless())
  const error = await send(client).catch(thrown => thrown)
  expect(error).toBeInstanceOf(TransportError)
  expect([error.phase, error.retry]).toEqual(['after', 'unsure'])
  expect(error.message).toContain('ANSWER_TOO_SLOW')
  await expect.poll(() => server.requests[0]!.answer.destroyed).toBe(true)
})

test('an answer in parts may take longer than the wait for each of them', async () => {
  const { client } = await dripping(['{"msg_id":1', ...Array<string>(15).fill(' '), '}'])
  expect(await send(client)).toEqual({ msg_id: 1 })
})
