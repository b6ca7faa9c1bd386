import { Attempt, keyPrefix } from '../../dispatch/attempt.ts'
import type { Delivery, MadeCall } from '../../events/event.ts'
import { uncarry } from '../worker/carried-error.ts'
import type { Made, Segment } from './dialogue.ts'

/**
 * The attempt of a handler that runs again for an answer. What it asks for before it has come to the answer belongs to
 * the events before, and is answered from what is known of it; from then on it is that of the event.
 */
export class DialogueAttempt extends Attempt {
  readonly #real: Attempt
  readonly #segments: Segment[]
  /** The segment that the handler is in. */
  #at = 0
  #isNow: boolean
  #past: Delivery
  #ordinals = new Map<string, number>()

  /** @param segments  all that there are; further ones are added at their end */
  constructor(real: Attempt, segments: Segment[]) {
    super(real.delivery, () => {}, real.number)
    this.#real = real
    this.#segments = segments
    this.#past = this.#deliveryOf(segments[0]!)
    this.#isNow = this.#isReal(segments[0]!)
  }

  /** The segment that comes next, if it is known. */
  get next(): Segment | undefined {
    return this.#segments[this.#at + 1]
  }

  /** Whether the handler has come to what belongs to the event itself. */
  get isNow(): boolean {
    return this.#isNow
  }

  /** The handler goes on with the next segment. */
  goOn(): void {
    const segment = this.#segments[++this.#at]!
    this.#ordinals = new Map()
    this.#past = this.#deliveryOf(segment)
    this.#isNow = this.#isReal(segment)
  }

  /** From here on all belongs to the event itself, whatever the segment is. */
  comeToNow(): void {
    this.#isNow = true
  }

  /** Forgets the segments after the one that the handler is in. */
  forgetLater(): void {
    this.#segments.splice(this.#at + 1)
  }

  override get delivery(): Delivery {
    return this.#isNow ? this.#real.delivery : this.#past
  }

  override get origin(): 'fresh' | 'again' | 'recovered' {
    return this.#isNow ? this.#real.origin : 'again'
  }

  override made(key: string): MadeCall | undefined {
    const known = this.known(key)
    if (!known) return this.#real.made(key)
    if (known.error) throw uncarry(known.error)
    if (known.at === undefined) return undefined
    // Of one that was made, no more is asked for than what came of it.
    const { result = null, at } = known
    return { key, seq: '', endpoint: 'messages.send', lane: '', args: {}, result, at }
  }

  override isDone(key: string): boolean {
    return this.known(key) !== undefined
  }

  override keep(call: MadeCall): boolean {
    return this.#isNow && this.#real.keep(call)
  }

  override close(): void {
    this.#real.close()
  }

  override track(call: Promise<unknown>, key?: string): void {
    this.#real.track(call, key)
  }

  override note(key: string, outcome: unknown): void {
    this.#real.note(key, outcome)
  }

  override get outcomes(): ReadonlyMap<string, unknown> {
    return this.#real.outcomes
  }

  override idle(): Promise<void> | undefined {
    return this.#real.idle()
  }

  override get signal(): AbortSignal {
    return this.#real.signal
  }

  override abort(reason: Error): void {
    this.#real.abort(reason)
  }

  override throwIfAborted(): void {
    this.#real.throwIfAborted()
  }

  override key(kind: string): string {
    if (this.#isNow) return this.#real.key(kind)
    const ordinal = this.#ordinals.get(kind) ?? 0
    this.#ordinals.set(kind, ordinal + 1)
    return `${keyPrefix(this.#past)}${kind}#${ordinal}`
  }

  /** What came of something that belongs to an earlier event. */
  known(key: string): Made | undefined {
    const slash = key.indexOf('/')
    const event = key.slice(0, slash)
    const segment = this.#segments.find(one => one.event.id === event)
    if (!segment || this.#isReal(segment)) return undefined
    const short = key.slice(keyPrefix(this.#deliveryOf(segment)).length)
    return Object.hasOwn(segment.made, short) ? segment.made[short] : undefined
  }

  #isReal({ event }: Segment): boolean {
    return event.id === this.#real.delivery.event.id
  }

  #deliveryOf({ event }: Segment): Delivery {
    const { bot, plugin, partition } = this.#real.delivery
    return { event, bot, plugin, partition, attempts: 0, again: true, recovered: false, calls: [] }
  }
}
