import type { Readable } from 'node:stream'
import { AppError } from '../../../base/errors.ts'

export interface ReadOptions {
  /** Inclusive. */
  readonly maxBytes: number
  /** What is being read, for messages: `the file 'a.png'`. */
  readonly label: string
  readonly signal?: AbortSignal
}

/**
 * Reads a stream to its end, keeping no more than `maxBytes` of it. The stream is destroyed when that is exceeded.
 *
 * @throws AppError `media.too-large`; the stream's own errors; the signal's reason when it is aborted
 */
export async function readBounded(stream: Readable, options: ReadOptions): Promise<Buffer> {
  const { maxBytes, label, signal } = options
  const chunks: Buffer[] = []
  let size = 0
  const abort = () => stream.destroy()
  // A stream that is destroyed early may fail once more, when nobody listens any longer.
  stream.on('error', () => {})
  signal?.addEventListener('abort', abort, { once: true })
  try {
    signal?.throwIfAborted()
    for await (const chunk of stream) {
      const bytes = asBytes(chunk, label)
      size += bytes.byteLength
      if (size > maxBytes) throw tooLarge(label, maxBytes)
      chunks.push(bytes)
    }
  } catch (error) {
    stream.destroy()
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  signal?.throwIfAborted()
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
}

function asBytes(chunk: unknown, label: string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw new AppError(`Cannot read ${label}: it yields values that are not bytes`, {
    code: 'media.unreadable',
  })
}

/** The error for what has more than `maxBytes`. */
export const tooLarge = (label: string, maxBytes: number): AppError =>
  new AppError(`More than ${maxBytes} bytes: ${label} is too large`, {
    code: 'media.too-large',
    hint: `At most ${maxBytes} bytes can be sent; make it smaller, or send a link`,
  })
