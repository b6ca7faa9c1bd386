import type { ImEventRecord, MessageRecord } from '../protocol/index.ts'
import type { Turn } from './quiet.ts'

/** What a phone receives: a message, or what happened to its user or to a group. */
export type Received =
  | { readonly type: 'message'; readonly message: ReceivedMessage }
  | { readonly type: 'event'; readonly event: Omit<ImEventRecord, 'event_id'> }

/** A message, and what the phone is to make of it. */
export interface ReceivedMessage extends MessageRecord {
  /** It was missed, and came when the phone was switched on. */
  readonly offline?: true
  /** It shows without a sound: the person asked not to be disturbed. */
  readonly no_disturb?: true
}

/** Nothing came in so many turns of the event loop: nothing is on its way. */
const QUIET_TURNS = 20

/** What stands in for the app on a user's phone: reads the stream of what the server tells it. */
export class Phone {
  readonly #received: Received[] = []
  readonly #turn: Turn
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  #pieces = 0

  constructor(stream: ReadableStream<Uint8Array>, turn: Turn) {
    this.#turn = turn
    this.#reader = stream.getReader()
    // It ends with the server.
    void this.#read().catch(() => {})
  }

  /** Resolves with all that came, once nothing is on its way. */
  async received(): Promise<readonly Received[]> {
    for (let quiet = 0, seen = this.#pieces; quiet < QUIET_TURNS; quiet++) {
      await this.#turn()
      if (this.#pieces !== seen) quiet = 0
      seen = this.#pieces
    }
    return [...this.#received]
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      this.#pieces++
      text += decoder.decode(value, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) this.#take(block)
    }
  }

  #take(block: string): void {
    const [, type, data] = /^event: (message|event)\ndata: (.*)$/.exec(block) ?? []
    if (type === 'message') this.#received.push({ type, message: JSON.parse(data!) })
    else if (type === 'event') this.#received.push({ type, event: JSON.parse(data!) })
  }
}
