import { hash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { UploadFile } from '../../client/index.ts'
import {
  type Endpoint,
  type EndpointId,
  endpoints,
  type MediaType,
  type UploadedMedia,
} from '../../protocol/index.ts'
import { imageFormat } from '../bot/media/index.ts'

/** Reads that need a body, and are a POST for that. */
const READS: ReadonlySet<EndpointId> = new Set(['chatrooms.getBatch', 'users.statBatch', 'users.statBatchV2'])

/** Whether a call only reads, so that it may be made for a bot that must not change anything. */
export const isRead = ({ id, method }: Endpoint): boolean => method === 'GET' || READS.has(id as EndpointId)

/** Room for so many messages in one millisecond. */
const IDS_PER_MS = 1000

/** Answers to calls that are not made, as JMessage might give them. */
export class MadeUp {
  readonly #clock: Clock
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * What is answered, or, of an upload, a promise of it.
   *
   * @throws AppError `shadow.answer` for a call that bots do not make
   */
  answer(id: EndpointId, args: Readonly<Record<string, unknown>>): unknown {
    const { response } = endpoints[id] as Endpoint
    if (!response) return null
    if (id === 'messages.send') return { msg_id: this.#messageId(), msg_ctime: this.#clock.now() }
    if (id === 'resource.upload') return uploaded(args as unknown as Upload)
    throw new AppError(`${id} is not made in the shadow, and its answer cannot be made up`, {
      code: 'shadow.answer',
    })
  }

  /** Below zero, where JMessage has none. */
  #messageId(): number {
    this.#lastId = Math.max(this.#lastId + 1, this.#clock.now() * IDS_PER_MS)
    return -this.#lastId
  }
}

async function uploaded({ type, file }: Upload): Promise<UploadedMedia> {
  const { bytes, name } = file
  const digest = hash('sha256', bytes as Buffer, 'hex')
  const facts = {
    media_id: `shadow/${digest.slice(0, 32)}`,
    media_crc32: Number.parseInt(digest.slice(0, 8), 16),
    fsize: bytes.length,
    hash: digest.slice(0, 32),
    fname: name,
  }
  const format = imageFormat(bytes)
  return type === 'image' && format ? { ...facts, format, ...(await sizeOf(bytes)) } : facts
}

interface Upload {
  readonly type: MediaType
  readonly file: UploadFile
}

async function sizeOf(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const { imageSize } = await import('image-size')
  try {
    // A copy: of a part of a larger buffer, it would read on beyond the end.
    const { width, height } = imageSize(Uint8Array.from(bytes))
    return { width, height }
  } catch {
    // JMessage says what it thinks of such a picture; here it may be sent.
    return { width: 0, height: 0 }
  }
}
