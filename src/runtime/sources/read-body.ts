import type { Context } from 'hono'

/**
 * The body of a request as text, or `undefined` when it is of more than `maxBytes`.
 *
 * A request that tells its length is refused before it is read; one that does not is read up to the bound.
 */
export function readBody(c: Context, maxBytes: number): Promise<string | undefined> {
  const length = c.req.header('content-length')
  // With a length the HTTP parser takes no byte more, and the whole can be read the short way.
  if (length !== undefined) return Number(length) > maxBytes ? Promise.resolve(undefined) : c.req.text()
  return readChunks(c, maxBytes)
}

async function readChunks(c: Context, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
