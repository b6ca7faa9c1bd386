import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../../base/clock.ts'
import { AppError, asError } from '../../../base/errors.ts'
import { UPLOAD_BYTES } from '../../../protocol/resources.ts'
import { download, urlLabel } from './download.ts'
import { decodePart, fileName } from './file-name.ts'
import { imageFormat } from './image-format.ts'
import { readBounded, tooLarge } from './read-bounded.ts'

type Bytes = Uint8Array | Readable | ReadableStream

/** An image, voice clip or file: a path, an http(s) or file address, bytes, a stream, or one of these two named. */
export type MediaSource = string | URL | Bytes | { readonly data: Bytes; readonly name: string }

export interface LoadMediaOptions {
  /** Where relative paths start. */
  readonly baseDir: string
  /** Inclusive; what JMessage takes if it is not given. */
  readonly maxBytes?: number
  /** For a whole download. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** Bytes ready for upload. `name` is a plain file name, never a path. */
export interface LoadedMedia {
  readonly bytes: Buffer
  readonly name: string
}

type Settled = LoadMediaOptions & { readonly maxBytes: number; readonly timeoutMs: number }

const TIMEOUT_MS = 30_000

/**
 * Makes what a bot hands in ready for upload; never more than `maxBytes` are held. Bytes are not copied, so they
 * must not be changed afterwards; a stream is used up, and destroyed on failure.
 *
 * @throws AppError `media.too-large`, `media.not-found`, `media.unreadable` or `media.download`, naming the source;
 *   the signal's reason when it is aborted
 */
export async function loadMedia(source: MediaSource, options: LoadMediaOptions): Promise<LoadedMedia> {
  const settled = {
    ...options,
    maxBytes: options.maxBytes ?? UPLOAD_BYTES,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  }
  settled.signal?.throwIfAborted()
  const { bytes, name, label } = await load(source, settled)
  if (bytes.byteLength === 0) throw unreadable(label, 'it is empty')
  return { bytes, name: fileName(name ?? '') ?? nameless(bytes) }
}

/** Images show what they are; of others nothing is known. */
function nameless(bytes: Buffer): string {
  const format = imageFormat(bytes)
  return format ? `image.${format}` : 'file'
}

interface Loaded {
  readonly bytes: Buffer
  readonly name?: string
  readonly label: string
}

async function load(source: MediaSource, options: Settled): Promise<Loaded> {
  if (typeof source === 'string')
    return /^https?:\/\//i.test(source)
      ? loadUrl(parseUrl(source), options)
      : loadFile(source, source, options)
  if (source instanceof URL) return loadUrl(source, options)
  if (isBytes(source)) return loadBytes(source, undefined, options)
  if (isNamed(source)) return loadBytes(source.data, source.name, options)
  throw unreadable('the media', 'it is no path, URL, Buffer, stream or { data, name }')
}

async function loadUrl(url: URL, options: Settled): Promise<Loaded> {
  if (url.protocol === 'file:') return loadFile(pathOf(url), url.pathname, options)
  const label = urlLabel(url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw unreadable(`the ${url.protocol} address`, 'only http, https and file addresses can be read')
  return { bytes: await download(url, options), name: decodePart(url.pathname), label }
}

async function loadFile(path: string, shown: string, options: Settled): Promise<Loaded> {
  const { baseDir, maxBytes, signal } = options
  const label = `the file '${shown}'`
  const full = resolve(baseDir, path)
  try {
    const found = await stat(full)
    // Opening a pipe would wait for somebody to write into it.
    if (!found.isFile())
      throw unreadable(label, found.isDirectory() ? 'it is a folder' : 'it is no ordinary file')
    if (found.size > maxBytes) throw tooLarge(label, maxBytes)
    // A file may grow while it is read.
    const bytes = await readBounded(createReadStream(full, { end: maxBytes }), { maxBytes, label, signal })
    return { bytes, name: full, label }
  } catch (error) {
    throw errorOf(error, label, baseDir, signal)
  }
}

async function loadBytes(data: Bytes, name: string | undefined, options: Settled): Promise<Loaded> {
  const { baseDir, maxBytes, signal } = options
  const what = data instanceof Uint8Array ? 'bytes' : 'stream'
  const label = name === undefined ? `the ${what}` : `the ${what} '${name}'`
  if (data instanceof Uint8Array) {
    if (data.byteLength > maxBytes) throw tooLarge(label, maxBytes)
    return { bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength), name, label }
  }
  try {
    if (data instanceof Readable && data.destroyed) throw unreadable(label, 'it was closed before')
    const stream = data instanceof Readable ? data : Readable.fromWeb(data)
    return { bytes: await readBounded(stream, { maxBytes, label, signal }), name, label }
  } catch (error) {
    throw errorOf(error, label, baseDir, signal)
  }
}

const isBytes = (source: unknown): source is Bytes =>
  source instanceof Uint8Array || source instanceof Readable || source instanceof ReadableStream

const isNamed = (source: unknown): source is { data: Bytes; name: string } =>
  typeof source === 'object' &&
  source !== null &&
  'data' in source &&
  isBytes(source.data) &&
  'name' in source &&
  typeof source.name === 'string'

function parseUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  throw unreadable('the address', 'it is no valid URL')
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw unreadable(`the file '${url.pathname}'`, 'its address is no path of this machine', cause)
  }
}

function errorOf(error: unknown, label: string, baseDir: string, signal?: AbortSignal): unknown {
  if (error instanceof AppError || signal?.aborted) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError(`There is no such file: ${label}`, {
      code: 'media.not-found',
      hint: `Relative paths start at ${baseDir}`,
      cause: error,
    })
  return unreadable(label, typeof code === 'string' ? code : asError(error).message, error)
}

const unreadable = (label: string, reason: string, cause?: unknown) =>
  new AppError(`Cannot read ${label}: ${reason}`, { code: 'media.unreadable', cause })
