import type { Dispatcher } from 'undici'
import { type Clock, systemClock } from '../../../base/clock.ts'
import { formatDuration } from '../../../base/duration.ts'
import { AppError, type Retry } from '../../../base/errors.ts'
import { decodePart } from './file-name.ts'
import { readBounded, tooLarge } from './read-bounded.ts'

export interface DownloadOptions {
  /** Inclusive. */
  readonly maxBytes: number
  /** For the whole download, redirects included. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

const MOST_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Fetches what an http(s) address holds; credentials in the address are sent as basic authorization.
 *
 * @throws AppError `media.download` or `media.too-large`; the signal's reason when it is aborted
 */
export async function download(url: URL, options: DownloadOptions): Promise<Buffer> {
  const { timeoutMs, clock = systemClock } = options
  const label = urlLabel(url)
  const deadline = new AbortController()
  const cancel = clock.after(timeoutMs, () => deadline.abort())
  const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal
  try {
    return await follow(url, { ...options, signal }, label)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (deadline.signal.aborted)
      throw failed(label, `it took longer than ${formatDuration(timeoutMs)}`, 'later', error)
    if (error instanceof AppError) throw error
    throw failed(label, reasonOf(error), 'later', error)
  } finally {
    cancel()
  }
}

/** A URL for messages: without credentials, query and fragment, which may hold secrets. */
export const urlLabel = (url: URL): string => `${url.origin}${url.pathname}`

async function follow(from: URL, options: DownloadOptions, label: string): Promise<Buffer> {
  let url = from
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const { statusCode, headers, body } = await get(url, options)
    if (statusCode === 200) {
      if (!(Number(headers['content-length'] ?? 0) > options.maxBytes))
        return readBounded(body, { ...options, label })
      discard(body)
      throw tooLarge(label, options.maxBytes)
    }
    discard(body)
    const { location } = headers
    if (!REDIRECTS.has(statusCode) || typeof location !== 'string') {
      const retry = statusCode === 429 || statusCode >= 500 ? 'later' : 'never'
      throw failed(label, `the server answers ${statusCode}`, retry)
    }
    if (!isWebUrl(location, url)) throw failed(label, 'it redirects to no http(s) address')
    url = new URL(location, url)
  }
  throw failed(label, `it redirects more than ${MOST_REDIRECTS} times`)
}

const isWebUrl = (text: string, base: URL) =>
  URL.canParse(text, base.href) && /^https?:$/.test(new URL(text, base).protocol)

async function get(url: URL, options: DownloadOptions): Promise<Dispatcher.ResponseData> {
  const { request } = await import('undici')
  const { timeoutMs, signal } = options
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity' }
  if (url.username || url.password)
    headers.authorization = `Basic ${Buffer.from(`${decodePart(url.username)}:${decodePart(url.password)}`).toString('base64')}`
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return request(bare, { headers, signal, headersTimeout: timeoutMs, bodyTimeout: timeoutMs })
}

function discard(body: Dispatcher.ResponseData['body']): void {
  // Destroying it before its end is an error to undici, which nobody else would hear.
  body.on('error', () => {})
  body.destroy()
}

const failed = (label: string, reason: string, retry: Retry = 'never', cause?: unknown) =>
  new AppError(`Cannot download ${label}: ${reason}`, { code: 'media.download', retry, cause })

/** What a failed request says of itself; the codes are short and hold no address. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'the connection failed'
}
