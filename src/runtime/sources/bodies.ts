import { isUtf8 } from 'node:buffer'
import { mayHoldMore } from '../sharing.ts'
import { type Answer, type Asked, refuse } from './answer.ts'

/** Bodies of all requests that are being read, or of which it is not answered yet: bytes. */
const AT_A_TIME = 128 * 1024 * 1024
/** While it comes in, so much is no more than what its connection takes anyway. */
export const SMALL_BYTES = 64 * 1024

export interface BodyBounds {
  /** What the codes of refusals begin with. */
  readonly kind: string
  /** Largest body. */
  readonly maxBytes: number
  /** The appKey of the app that it is for: each may hold so much only that others find room. */
  readonly owner: string
  /** Told why a request is refused. */
  readonly refused?: (reason: 'too-large' | 'busy', message: string) => void
}

/** Reads bodies, within bounds for each and for all that are in memory at the same time. */
export class Bodies {
  readonly #most: number
  readonly #isShared: boolean
  #held = 0
  /** Bytes of each app, where there are several. */
  readonly #byOwner = new Map<string, number>()

  /** @param isShared  whether there are several apps */
  constructor(most = AT_A_TIME, isShared = false) {
    this.#isShared = isShared
    this.#most = most
  }

  /**
   * Has `take` answer a request by its body; the body is counted until then. One that is too large is refused with 413,
   * one for which there is no room now with 503; where the request tells its length, before it is read.
   */
  async take<Taken>(
    asked: Asked,
    { kind, maxBytes, owner, refused }: BodyBounds,
    take: (bytes: Buffer) => Promise<Taken>,
  ): Promise<Taken | Answer> {
    const header = asked.header('content-length')
    const length = header === undefined ? undefined : Number(header)
    const tooLarge = () => {
      const message = `the body is over ${maxBytes} bytes`
      refused?.('too-large', message)
      return refuse(413, `${kind}.too-large`, message)
    }
    const busy = () => {
      refused?.('busy', BUSY)
      return refuse(503, `${kind}.busy`, BUSY, 5)
    }
    if (length !== undefined && length > maxBytes) return tooLarge()
    if (!this.#hasRoom(owner, length ?? 0)) return busy()
    let held = 0
    try {
      // With a length the HTTP parser takes no byte more, and the whole can be read the short way.
      if (length !== undefined && length <= SMALL_BYTES) {
        const bytes = await asked.bytes()
        held = bytes.length
        this.#hold(owner, held)
        return await take(bytes)
      }
      // By what came, not by what was said to come: who says much and sends nothing takes no room from others.
      const chunks: Uint8Array[] = []
      const reader = asked.parts()
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
        chunks.push(next.value)
        held += next.value.length
        this.#hold(owner, next.value.length)
        if (held > maxBytes) return tooLarge()
        if (!this.#hasRoom(owner, 0)) return busy()
      }
      return await take(Buffer.concat(chunks))
    } finally {
      this.#hold(owner, -held)
    }
  }

  /** Whether so many bytes more may be held: of those that come in, what is there is counted already. */
  #hasRoom(owner: string, bytes: number): boolean {
    if (!this.#isShared) return this.#held + bytes <= this.#most
    return mayHoldMore((this.#byOwner.get(owner) ?? 0) + bytes, this.#held, this.#most + 1, true)
  }

  #hold(owner: string, bytes: number): void {
    this.#held += bytes
    if (!this.#isShared) return
    const held = (this.#byOwner.get(owner) ?? 0) + bytes
    if (held > 0) this.#byOwner.set(owner, held)
    else this.#byOwner.delete(owner)
  }
}

const BUSY = 'too much is being sent at the same time; try again later'

const BOM = '\ufeff'

/** The text of a body, without the mark at its beginning by which some say that it is UTF-8; `undefined` if it is not. */
export function textOf(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString()
  return text.startsWith(BOM) ? text.slice(1) : text
}

/** What is wrong with a body that has no {@link textOf}. */
export function notUtf8(contentType = ''): string {
  const charset = /;\s*charset="?([\w.:-]{1,40})/i.exec(contentType)?.[1]
  const said = charset === undefined || /^utf-?8$/i.test(charset) ? '' : ` (its Content-Type says ${charset})`
  return `the body is not UTF-8${said}: send it as UTF-8`
}
