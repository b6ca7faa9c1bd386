import { AppError } from '../../base/errors.ts'
import { RetractTooLate } from '../../client/index.ts'
import { RETRACT_WINDOW_MS, type SendReceipt } from '../../protocol/index.ts'
import { act, type BotContext } from './context.ts'
import type { Outcome } from './outbox-entry.ts'

/** Tells a sent message in JSON from other values. */
const TAG = '$sent'

/** A message that a bot sent, or that waits to be sent. It can be put into a job's data and the plugin's state. */
export class SentMessage {
  /** Of its row in the outbox. */
  readonly id: string
  readonly #context: BotContext
  readonly #lane: string
  #outcome: Outcome
  #sentAt: number

  constructor(context: BotContext, lane: string, outcome: Outcome, sentAt: number) {
    this.#context = context
    this.#lane = lane
    this.#outcome = outcome
    this.#sentAt = sentAt
    this.id = outcome.id
    // So that it knows by itself when it was sent; who asks for the end is told of a refusal.
    if (outcome.state === 'queued') this.delivered().catch(() => {})
  }

  /** `queued`: JMessage could not be reached, and it is sent as soon as it can be. */
  get state(): Outcome['state'] {
    return this.#outcome.state
  }

  /** JMessage's number for it, once it is sent. */
  get msgId(): number | undefined {
    return (this.#outcome.result as SendReceipt | undefined)?.msg_id
  }

  /** Until when it can be retracted (epoch ms); `undefined` while it is not sent. */
  get retractableUntil(): number | undefined {
    return this.state === 'sent' ? this.#sentAt + RETRACT_WINDOW_MS : undefined
  }

  /**
   * Waits until JMessage took it.
   *
   * @throws AppError when JMessage refused it
   */
  async delivered(): Promise<this> {
    if (this.state !== 'queued') return this
    this.#outcome = await this.#context.outbox.ended(this.id)
    this.#sentAt = this.#outcome.at ?? this.#context.clock.now()
    return this
  }

  /**
   * Takes the message back from everybody who received it.
   *
   * JMessage allows this for three minutes after sending; later calls are refused here, without a request. A message
   * that is still in the outbox is cancelled instead. While JMessage cannot be reached, the retraction waits like all
   * else.
   *
   * @returns `'retracted'`, or `'cancelled'` if it had not left yet
   * @throws RetractTooLate outside the window (compare {@link retractableUntil})
   * @source JMessage REST, "Retract message"; 855001 too late, 855003 unknown
   */
  async retract(): Promise<'retracted' | 'cancelled'> {
    const { outbox, clock, username } = this.#context
    if (this.state === 'cancelled') return 'cancelled'
    if (this.state === 'queued') {
      if (await outbox.cancel(this.id)) {
        this.#outcome = { id: this.id, state: 'cancelled' }
        return 'cancelled'
      }
      await this.delivered()
    }
    if (this.msgId === undefined)
      throw new AppError('this message was never sent', { code: 'retract.unsent' })
    if (clock.now() > this.retractableUntil!) throw tooLate()
    await act(
      this.#context,
      'messages.retract',
      { username, msgid: this.msgId },
      { lane: this.#lane, key: `retract/${this.id}` },
    )
    return 'retracted'
  }

  toJSON(): Record<string, string> {
    return { [TAG]: this.id }
  }
}

const tooLate = () =>
  new RetractTooLate(
    { endpoint: 'messages.retract', status: 403, jmCode: 855001, message: 'out of time' },
    'api.retract-too-late',
  )

/** A value that came from JSON, with its sent messages as such again. */
export async function reviveSent(
  value: unknown,
  load: (id: string) => Promise<SentMessage>,
): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Promise.all(value.map(item => reviveSent(item, load)))
  const entries = Object.entries(value)
  if (entries.length === 1 && entries[0]![0] === TAG && typeof entries[0]![1] === 'string')
    return load(entries[0]![1])
  const revived = await Promise.all(
    entries.map(async ([key, item]) => [key, await reviveSent(item, load)] as const),
  )
  return Object.fromEntries(revived)
}
