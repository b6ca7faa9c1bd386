/** A reader that is this far behind is cut off. */
const BUFFER_BYTES = 1_048_576

const encoder = new TextEncoder()

export interface InboxOwner {
  /** Ids of the app and of the user. */
  readonly app: number
  readonly user: number
  readonly username: string
}

/** One stream (SSE) of what a user receives. */
export class Inbox implements InboxOwner {
  readonly app: number
  readonly user: number
  readonly username: string
  readonly stream: ReadableStream<Uint8Array>
  /** Called when the reader is too slow, to cut its connection. */
  onOverflow: (() => void) | undefined
  readonly #onEnd: (inbox: Inbox) => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  /** @param onEnd called once, when either side has ended it */
  constructor({ app, user, username }: InboxOwner, onEnd: (inbox: Inbox) => void) {
    this.app = app
    this.user = user
    this.username = username
    this.#onEnd = onEnd
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this.#controller = controller
        },
        cancel: () => void this.#detach(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
    )
    this.comment('connected')
  }

  send(event: 'message' | 'event', data: string): void {
    this.#write(`event: ${event}\ndata: ${data}\n\n`)
  }

  comment(text: string): void {
    this.#write(`: ${text}\n\n`)
  }

  /** Ends the stream after what is in it. */
  end(): void {
    this.#detach()?.close()
  }

  #write(text: string): void {
    const controller = this.#controller
    if (!controller) return
    if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text))
    else {
      this.end()
      this.onOverflow?.()
    }
  }

  #detach(): ReadableStreamDefaultController<Uint8Array> | undefined {
    const controller = this.#controller
    if (!controller) return undefined
    this.#controller = undefined
    this.#onEnd(this)
    return controller
  }
}
