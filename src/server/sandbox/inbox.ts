/** So many messages are remembered as sent: more than a stream can begin with. */
const REMEMBERED = 8000
/** A reader that is this far behind is cut off. */
const BUFFER_BYTES = 1_048_576

const encoder = new TextEncoder()

export type Platform = 'a' | 'i' | 'j' | 'w'

export interface InboxOwner {
  /** Ids of the app and of the user. */
  readonly app: number
  readonly user: number
  readonly username: string
  readonly platform: Platform
}

interface Waiting {
  readonly text: string
  readonly msgid: number | undefined
}

/** One stream (SSE) of what a user receives: first what it missed, then what comes. */
export class Inbox implements InboxOwner {
  readonly app: number
  readonly user: number
  readonly username: string
  readonly platform: Platform
  readonly stream: ReadableStream<Uint8Array>
  /** Called when the reader is too slow, to cut its connection. */
  onOverflow: (() => void) | undefined
  /** The newest message that it had its chance to receive when it came; rises while it catches up. */
  receivedUpTo = 0
  /** What is numbered up to here happened before it was opened; 0 where nothing can be told late. */
  since = 0
  readonly #onEnd: (inbox: Inbox) => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  /** What came while it was catching up; undefined once it has. */
  #waiting: Waiting[] | undefined = []
  #waitingBytes = 0
  #hasRoom: (() => void) | undefined
  /** The last messages that it was sent, or waits for: each comes once, whichever way it was found. */
  readonly #sent = new Set<number>()

  /** @param onEnd called once, when either side has ended it */
  constructor({ app, user, username, platform }: InboxOwner, onEnd: (inbox: Inbox) => void) {
    this.app = app
    this.user = user
    this.username = username
    this.platform = platform
    this.#onEnd = onEnd
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this.#controller = controller
        },
        pull: () => this.#hasRoom?.(),
        cancel: () => void this.#detach(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
    )
    this.comment('connected')
  }

  get isCatchingUp(): boolean {
    return this.#waiting !== undefined
  }

  /** Sends now, or once it has caught up; a message that it was sent already, not again. */
  send(event: 'message' | 'event', data: string, msgid?: number): void {
    if (msgid !== undefined && !this.#remember(msgid)) return
    const text = `event: ${event}\ndata: ${data}\n\n`
    if (this.#waiting) this.#await(text, msgid)
    else this.#write(text)
  }

  /**
   * Sends what was missed, as fast as it is read, and then what came meanwhile.
   *
   * @param missed oldest first
   * @param upTo the newest message there was when `missed` was read
   */
  async catchUp(missed: readonly { msgid: number; data: string }[], upTo: number): Promise<void> {
    const missedOnes = new Set<number>()
    for (const { msgid, data } of missed) {
      await this.#room()
      if (!this.#controller) return
      this.#remember(msgid)
      this.#write(`event: message\ndata: ${data}\n\n`)
      this.receivedUpTo = msgid
      missedOnes.add(msgid)
    }
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    this.receivedUpTo = Math.max(this.receivedUpTo, upTo)
    for (const { text, msgid } of waiting)
      if (msgid === undefined || !missedOnes.has(msgid)) this.#write(text)
  }

  comment(text: string): void {
    this.#write(`: ${text}\n\n`)
  }

  /** Ends the stream after what is in it. */
  end(): void {
    this.#detach()?.close()
  }

  /** False when it was remembered already. */
  #remember(msgid: number): boolean {
    if (this.#sent.has(msgid)) return false
    this.#sent.add(msgid)
    if (this.#sent.size > REMEMBERED) for (const eldest of this.#sent) return this.#sent.delete(eldest)
    return true
  }

  #await(text: string, msgid: number | undefined): void {
    this.#waiting?.push({ text, msgid })
    this.#waitingBytes += text.length
    if (this.#waitingBytes > BUFFER_BYTES) this.#overflow()
  }

  #write(text: string): void {
    const controller = this.#controller
    if (!controller) return
    if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text))
    else this.#overflow()
  }

  /** Resolves when more can be written, or never will be. */
  async #room(): Promise<void> {
    while (this.#controller && (this.#controller.desiredSize ?? 0) <= 0) {
      await new Promise<void>(resolve => {
        this.#hasRoom = resolve
      })
    }
  }

  #overflow(): void {
    this.end()
    this.onOverflow?.()
  }

  #detach(): ReadableStreamDefaultController<Uint8Array> | undefined {
    const controller = this.#controller
    if (!controller) return undefined
    this.#controller = undefined
    this.#hasRoom?.()
    this.#onEnd(this)
    return controller
  }
}
