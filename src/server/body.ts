import { isUtf8 } from 'node:buffer'
import { JSON_BYTES } from '../protocol/index.ts'
import { Refusal } from './refusal.ts'

/** Reads a body of at most `max` bytes, and no more than that of a longer one. */
export async function readBytes(request: Request, max: number): Promise<Buffer> {
  try {
    return await read(request, max)
  } catch (error) {
    // The sender went away half-way: its doing, not ours.
    throw error instanceof Refusal ? error : new Refusal(899003, 'body must be sent whole')
  }
}

async function read(request: Request, max: number): Promise<Buffer> {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > max) throw tooLong(max)
    // The HTTP parser holds the sender to the length it declared.
    return Buffer.from(await request.arrayBuffer())
  }
  if (request.headers.get('transfer-encoding') === null && !request.body) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > max) throw tooLong(max)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The JSON value of a body, whatever its content type says; `undefined` when there is none. */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, JSON_BYTES)
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw new Refusal(899003, 'body must be UTF-8')
  let text = bytes.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
  if (text.trim() === '') return undefined
  try {
    return withoutNulls(JSON.parse(text))
  } catch {
    throw new Refusal(899003, 'body must be JSON')
  }
}

/** null means absent: for the keys of an object, and of the objects in an array. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) for (const item of value) dropNulls(item)
  else dropNulls(value)
  return value
}

function dropNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const object = value as Record<string, unknown>
  for (const key in object) if (object[key] === null) delete object[key]
}

const tooLong = (max: number): Refusal => new Refusal(899003, `body must be at most ${max} bytes`)
