import { AppError } from '../../base/errors.ts'
import { RetractTooLate } from '../../client/index.ts'
import { RETRACT_WINDOW_MS, type SendReceipt, type TargetType } from '../../protocol/index.ts'
import type { Template } from '../plugin/template.ts'
import type { Card } from './card.ts'
import { type MessageContent, planOf } from './content.ts'
import { act, type BotContext } from './context.ts'
import { type Outcome, retractKey } from './outbox-entry.ts'
import { inDoubt } from './outbox-errors.ts'
import { Outgoing } from './outgoing.ts'
import { type Filling, type SendOptions, textOf } from './send-options.ts'

/** Tells a sent message in JSON from other values. */
const TAG = '$sent'

/** A sent message in JSON: once JMessage took it, with all there is to know of it. */
export interface SavedMessage {
  readonly id: string
  readonly lane: string
  readonly receipt?: SendReceipt
  /** Epoch ms. */
  readonly sentAt?: number
}

export interface ReplaceOptions extends SendOptions {
  /** What becomes of it once it is too late to take the message back: an error, or the new one is sent all the same. */
  readonly late?: 'throw' | 'send'
}

/** Where a lane leads to. */
function targetOf(lane: string): { readonly type: TargetType; readonly id: string } {
  const colon = lane.indexOf(':')
  return { type: lane.slice(0, colon) as TargetType, id: lane.slice(colon + 1) }
}

/** A message that a bot sent, or that waits to be sent. It can be put into a job's data and the plugin's state. */
export class SentMessage {
  /** The same over restarts. */
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

  /** One that is being sent, by what came of it just now. */
  static of(context: BotContext, lane: string, outcome: Outcome): SentMessage {
    return new SentMessage(context, lane, outcome, outcome.at ?? context.clock.now())
  }

  /** One that was sent, from JSON; `undefined` for one that had not been by then. */
  static revived(context: BotContext, { id, lane, receipt, sentAt }: SavedMessage): SentMessage | undefined {
    if (!receipt || sentAt === undefined) return undefined
    return new SentMessage(context, lane, { id, state: 'sent', result: receipt, at: sentAt }, sentAt)
  }

  /**
   * `queued`: JMessage could not be reached, or the quota was used up, and it is sent as soon as it can be. `unsure`:
   * it may have been sent, and nobody can tell.
   */
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
   * @throws AppError when JMessage refused it, or nobody can tell whether it was sent (`outbox.in-doubt`)
   */
  async delivered(): Promise<this> {
    if (this.state === 'unsure') throw inDoubt()
    if (this.state !== 'queued') return this
    try {
      this.#outcome = await this.#context.outbox.ended(this.id)
    } catch (error) {
      if (error instanceof AppError && error.code === 'outbox.in-doubt')
        this.#outcome = { id: this.id, state: 'unsure' }
      throw error
    }
    this.#sentAt = this.#outcome.at ?? this.#context.clock.now()
    return this
  }

  /**
   * Takes the message back from everybody who received it.
   *
   * JMessage allows this for three minutes after sending; later calls are refused here, without a request. A message
   * that is still in the outbox is cancelled instead. While JMessage cannot be reached, the retraction waits like all
   * else. One that this bot took back before is taken back, however late it is.
   *
   * @returns `'retracted'`, or `'cancelled'` if it had not left yet
   * @throws RetractTooLate outside the window (compare {@link retractableUntil})
   * @source JMessage REST, "Retract message"; 855001 too late, 855003 unknown
   */
  async retract(): Promise<'retracted' | 'cancelled'> {
    const { outbox, clock, username, book } = this.#context
    if (this.state === 'cancelled') return 'cancelled'
    if (this.state === 'queued') {
      if (await outbox.cancel(this.id)) {
        this.#outcome = { id: this.id, state: 'cancelled' }
        return 'cancelled'
      }
      await this.delivered()
      if (this.#outcome.state === 'cancelled') return 'cancelled'
    }
    if (this.state === 'unsure') throw inDoubt()
    if (this.msgId === undefined)
      throw new AppError('this message was never sent', { code: 'retract.unsent' })
    if (clock.now() > this.retractableUntil!) {
      if (await book.isTakenBack(this.id)) return 'retracted'
      throw tooLate()
    }
    await act(
      this.#context,
      'messages.retract',
      { username, msgid: this.msgId },
      { lane: this.#lane, key: retractKey(this.id) },
    )
    return 'retracted'
  }

  /**
   * Takes the message back and says something else in its place: in this order, once, and nothing of it where the new
   * message could not be sent. Clients show it as what it is: the old message is gone, and a new one is there.
   *
   * @param options.late  what becomes of it once JMessage does not take the message back any more. Default: `throw`
   * @returns the new message
   * @throws RetractTooLate outside the window, unless `late` is `send`
   */
  replace(text: string, options?: ReplaceOptions): Promise<SentMessage>
  replace(template: Template, options: ReplaceOptions & Filling): Promise<SentMessage>
  replace(content: MessageContent | Card, options?: ReplaceOptions): Promise<SentMessage>
  async replace(
    by: string | Template | MessageContent | Card,
    options: ReplaceOptions | (ReplaceOptions & Filling) = {},
  ): Promise<SentMessage> {
    const { late = 'throw', ...rest } = options
    const isText = typeof by === 'string' || 'render' in by
    const plan = planOf(this.#context, isText ? { text: textOf(by, options) } : by, rest)
    const outgoing = new Outgoing(this.#context, targetOf(this.#lane), plan.type, plan.options)
    const message = outgoing.made(await plan.body(), await outgoing.language())
    try {
      await this.retract()
    } catch (error) {
      if (!(error instanceof RetractTooLate && late === 'send')) throw error
    }
    return SentMessage.of(this.#context, outgoing.lane, await outgoing.send(message))
  }

  toJSON(): Record<typeof TAG, SavedMessage> {
    const saved = { id: this.id, lane: this.#lane }
    if (this.state !== 'sent') return { [TAG]: saved }
    return { [TAG]: { ...saved, receipt: this.#outcome.result as SendReceipt, sentAt: this.#sentAt } }
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
  revive: (saved: SavedMessage) => Promise<SentMessage>,
): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Promise.all(value.map(item => reviveSent(item, revive)))
  const entries = Object.entries(value)
  if (entries.length === 1 && entries[0]![0] === TAG && isSaved(entries[0]![1])) return revive(entries[0]![1])
  const revived = await Promise.all(
    entries.map(async ([key, item]) => [key, await reviveSent(item, revive)] as const),
  )
  return Object.fromEntries(revived)
}

const isSaved = (value: unknown): value is SavedMessage =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as SavedMessage).id === 'string' &&
  typeof (value as SavedMessage).lane === 'string'
