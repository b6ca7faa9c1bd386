import { AppError } from '../../base/errors.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import { act, type BotContext } from './context.ts'
import { type LiftData, lift } from './lift.ts'
import { outcomeOf } from './outbox-entry.ts'
import { callById, callsOfEvent, type OutboxRow } from './outbox-store.ts'
import { SentMessage } from './sent-message.ts'
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
    return new Bot({ ...this.#context, attempt }, this.#store)
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

  /** What this bot sent in answer to an event. */
  async sentFor(eventId: string): Promise<SentMessage[]> {
    const rows = await this.#store.read.all(callsOfEvent, {
      from: `${eventId}/`,
      to: `${eventId}0`,
      bot: this.username,
    })
    return rows.filter(row => row.state !== 'failed').map(row => this.#sent(row))
  }

  /** A message this bot sent, by its id in the outbox. */
  async sent(id: string): Promise<SentMessage> {
    const row = await this.#store.read.first(callById, { id })
    if (!row) throw new AppError(`no message ${id} in the outbox`, { code: 'outbox.unknown' })
    return this.#sent(row)
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

  #sent(row: OutboxRow): SentMessage {
    return new SentMessage(this.#context, row.lane, outcomeOf(row), row.updated_at)
  }
}
