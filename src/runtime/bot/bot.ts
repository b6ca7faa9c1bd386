import { AppError } from '../../base/errors.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { MadeCall } from '../events/event.ts'
import { act, type BotContext } from './context.ts'
import { type LiftData, lift } from './lift.ts'
import { madeOutcome, outcomeOf } from './outbox-entry.ts'
import { callByKey, callsOfEvent, type OutboxRow } from './outbox-store.ts'
import { type SavedMessage, SentMessage } from './sent-message.ts'
import { GroupTarget, RoomTarget, UserTarget } from './targets.ts'

/** A bot: an admin account of JMessage, and what it can do. */
export class Bot {
  readonly #context: BotContext
  readonly #store: Store<RuntimeTables>

  constructor(context: BotContext, store: Store<RuntimeTables>) {
    this.#context = context
    this.#store = store
  }

  /**
   * This bot as a handler is given it: its calls belong to the attempt, so that a handler which runs again does not
   * make them again.
   */
  during(attempt: Attempt): Bot {
    const { id, username, outbox, journal, client, clock, jobs, media, makeId } = this.#context
    // Written out: this is made for each event.
    const context = { id, username, outbox, journal, client, clock, jobs, media, makeId, attempt }
    return new Bot(context, this.#store)
  }

  /** Name of the bot's file. */
  get id(): string {
    return this.#context.id
  }

  /** Username of its admin account. */
  get username(): string {
    return this.#context.username
  }

  user(username: string | UserTarget): UserTarget {
    return typeof username === 'string' ? new UserTarget(this.#context, username) : username
  }

  group(gid: number | string | GroupTarget): GroupTarget {
    return gid instanceof GroupTarget ? gid : new GroupTarget(this.#context, String(gid))
  }

  room(id: number | string | RoomTarget): RoomTarget {
    return id instanceof RoomTarget ? id : new RoomTarget(this.#context, String(id))
  }

  /** What this bot sent in answer to an event, also while a handler is at it. */
  async sentFor(eventId: string): Promise<SentMessage[]> {
    const kept = await this.#keptFor(eventId)
    const range = { from: `${eventId}/`, to: `${eventId}0` }
    const rows = await this.#store.read.all(callsOfEvent, { ...range, bot: this.username })
    const inOutbox = rows.filter(row => row.state !== 'failed')
    return [...kept, ...inOutbox].sort((a, b) => (a.seq < b.seq ? -1 : 1)).map(call => this.#said(call))
  }

  /**
   * A message this bot sent, by its id.
   *
   * @throws AppError `outbox.unknown`
   */
  async sent(id: string): Promise<SentMessage> {
    const row = await this.#store.read.first(callByKey, { key: id })
    const call = row ?? (await this.#keptFor(id.split('/')[0]!)).find(({ key }) => key === id)
    if (!call) throw new AppError(`there is no message ${id}`, { code: 'outbox.unknown' })
    return this.#said(call)
  }

  /** A message of this bot that was written as JSON. */
  async revive(saved: SavedMessage): Promise<SentMessage> {
    return SentMessage.revived(this.#context, saved) ?? this.sent(saved.id)
  }

  /** Takes back a message of anyone, such as one that breaks the rules: for three minutes, as JMessage allows. */
  async retract(message: {
    readonly sender: string
    readonly msgId: number
    readonly lane: string
  }): Promise<void> {
    const { sender: username, msgId: msgid, lane } = message
    await act(this.#context, 'messages.retract', { username, msgid }, { lane, key: `retract/${msgid}` })
  }

  /** Lifts a mute or ban whose term is over, unless a newer term has taken its place. */
  lift(what: LiftData): Promise<void> {
    return lift(this.#context, what)
  }

  async #keptFor(eventId: string): Promise<MadeCall[]> {
    const calls = await this.#context.journal.callsFor(eventId, this.id)
    return calls.filter(({ endpoint }) => endpoint === 'messages.send')
  }

  #said(call: OutboxRow | MadeCall): SentMessage {
    const outcome = 'state' in call ? outcomeOf(call) : madeOutcome(call)
    return new SentMessage(this.#context, call.lane, outcome, outcome.at!)
  }
}
