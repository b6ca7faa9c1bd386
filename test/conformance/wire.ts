import { request } from 'node:http'
import { basic } from '../server/world.ts'
import { type Answer, server, type Town } from './town.ts'

export interface Bytes {
  readonly headers?: Record<string, string>
  /** What is sent as it is, also with GET. */
  readonly body?: string | Buffer
}

/** Sends a request over a socket, with no header that the test does not name but the host and the length. */
export async function send(town: Town, method: string, path: string, bytes: Bytes = {}): Promise<Answer> {
  const { hostname, port } = new URL((await server()).url)
  const { body = '' } = bytes
  const headers = {
    authorization: basic(town),
    ...bytes.headers,
    ...(body.length > 0 ? { 'content-length': Buffer.byteLength(body) } : {}),
  }
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers['content-type']?.startsWith('application/json')
        resolve({
          status: response.statusCode ?? 0,
          body: isJson ? JSON.parse(text) : text,
          headers: new Headers(response.headers as Record<string, string>),
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
/** As {@link send}, a value as JSON. */
export const sendJson = (town: Town, method: string, path: string, value: unknown) =>
  send(town, method, path, { headers: JSON_TYPE, body: JSON.stringify(value) })
/** As {@link send}: the type says JSON, but there is none. */
export const sendEmpty = (town: Town, method: string, path: string) =>
  send(town, method, path, { headers: JSON_TYPE })
