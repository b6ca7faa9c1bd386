import { AppError } from '../../base/errors.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { MadeCall } from '../events/event.ts'
import { type BroadcastMessage, begin, broadcastsOf } from './broadcast/begin.ts'
import type { Broadcast } from './broadcast/broadcast.ts'
import { act, type BotContext } from './context.ts'
import { type Expiry, type ExpiryEnd, expire } from './expire.ts'
import { type LastSent, lastCalls, retractAll } from './last-sent.ts'
import { type LiftData, lift } from './lift.ts'
import { madeOutcome, outcomeOf } from './outbox-entry.ts'
import { callByKey, callsOfEvent, type OutboxRow } from './outbox-store.ts'
import { type SavedMessage, SentMessage } from './sent-message.ts'
import type { Target } from './target.ts'
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
    const { id, username, app, outbox, journal, client, clock, jobs, media, broadcasts, makeId } =
      this.#context
    const { book, languages } = this.#context
    // Written out: this is made for each event.
    const made = {
      id,
      username,
      app,
      outbox,
      journal,
      client,
      clock,
      jobs,
      media,
      broadcasts,
      makeId,
      book,
      languages,
      attempt,
    }
    return new Bot(made, this.#store)
  }

  /** Name of the bot's file. */
  get id(): string {
    return this.#context.id
  }

  /** Name of its app, unless that is the main one. */
  get app(): string | undefined {
    return this.#context.app
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

  /**
   * Sends a message to many: durably, each target once, and no faster than the quota allows, so that answers to people
   * are not held up. Resolves once all of it is on disk; it is sent in the background, also over restarts.
   *
   * @throws AppError `broadcast.invalid`, `message.invalid` before anything is sent
   */
  broadcast(message: BroadcastMessage): Promise<Broadcast> {
    return begin(this.#context, message)
  }

  /**
   * The latest broadcasts of this bot, newest first.
   *
   * @param page.limit  1 to 1000, default 20
   * @throws AppError `broadcast.invalid`
   */
  broadcasts({ limit }: { readonly limit?: number } = {}): Promise<Broadcast[]> {
    const page = limit === undefined ? {} : { limit }
    return broadcastsOf(this.#context).list({ bot: this.id, ...page })
  }

  /** A broadcast of this bot, by its id. */
  async findBroadcast(id: string): Promise<Broadcast | undefined> {
    const broadcast = await broadcastsOf(this.#context).find(id)
    return broadcast?.bot === this.id ? broadcast : undefined
  }

  /**
   * What this bot sent in answer to an event, also while a handler is at it: what that handler has just asked for is
   * waited for, until JMessage took it or it is queued.
   */
  async sentFor(eventId: string): Promise<SentMessage[]> {
    const made = await this.#madeFor(eventId)
    // By its own name: the keys of one in the shadow of another differ in nothing else.
    const range = { from: `${eventId}/${this.id}/`, to: `${eventId}/${this.id}0` }
    const rows = await this.#store.read.all(callsOfEvent, { ...range, bot: this.username })
    const calls = new Map<string, OutboxRow | MadeCall>()
    for (const row of rows) if (row.state !== 'failed') calls.set(row.key, row)
    // That they were made may not be on disk yet.
    for (const call of made) calls.set(call.key, call)
    return [...calls.values()].sort((a, b) => (a.seq < b.seq ? -1 : 1)).map(call => this.#said(call))
  }

  /**
   * The last messages that this bot sent to somebody or somewhere within three minutes, newest first, but for those that
   * were taken back. In a handler these are the three minutes before its event, and what the handler itself sends is not
   * among them: so that it finds the same when it runs again.
   *
   * @throws AppError `sent.count`
   */
  async lastSent(chat: Target, options: LastSent = {}): Promise<SentMessage[]> {
    return (await lastCalls(this.#context, chat, options)).map(call => this.#said(call))
  }

  /**
   * Takes back what {@link lastSent} finds: the last message, or the last `count`. Resolves with those that were taken
   * back, newest first; those for which it is too late are not among them.
   *
   * @throws AppError `sent.count`
   */
  async undoLast(chat: Target, options: LastSent = {}): Promise<SentMessage[]> {
    return retractAll(await this.lastSent(chat, options))
  }

  /**
   * A message this bot sent, by its id.
   *
   * @throws AppError `outbox.unknown`
   */
  async sent(id: string): Promise<SentMessage> {
    const call = await this.#find(id)
    if (!call) throw new AppError(`there is no message ${id}`, { code: 'outbox.unknown' })
    return this.#said(call)
  }

  /** A message of this bot that was written as JSON. Of one that was cleared away since, nobody can tell any more. */
  async revive(saved: SavedMessage): Promise<SentMessage> {
    const revived = SentMessage.revived(this.#context, saved)
    if (revived) return revived
    try {
      return await this.sent(saved.id)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'outbox.unknown')) throw error
      return new SentMessage(this.#context, saved.lane, { id: saved.id, state: 'unsure' }, 0)
    }
  }

  /** Takes back a message of anyone, such as one that breaks the rules: for three minutes, as JMessage allows. */
  async retract(message: {
    readonly sender: string
    readonly msgId: number
    readonly lane: string
  }): Promise<void> {
    const { sender: username, msgId: msgid, lane } = message
    const { app } = this.#context
    // Messages of two apps may have the same number.
    const key = app === undefined ? `retract/${msgid}` : `retract/${app}/${msgid}`
    await act(this.#context, 'messages.retract', { username, msgid }, { lane, key })
  }

  /** Lifts a mute or ban whose term is over, unless a newer term has taken its place. */
  lift(what: LiftData): Promise<void> {
    return lift(this.#context, what)
  }

  /** Takes back a message whose time is over; of one that was sent late, later. */
  expire(what: Expiry): Promise<ExpiryEnd> {
    return expire(this.#context, what, async key => {
      const call = await this.#find(key)
      if (!call) return undefined
      const sent = this.#said(call)
      return 'state' in call
        ? { state: call.state, at: call.updated_at, sent }
        : { state: undefined, at: call.at, sent }
    })
  }

  async #find(key: string): Promise<OutboxRow | MadeCall | undefined> {
    const made = await this.#madeFor(key.split('/')[0]!)
    return made.find(call => call.key === key) ?? (await this.#store.read.first(callByKey, { key }))
  }

  /** The messages for an event that JMessage took, but for those of which only rows tell. */
  async #madeFor(eventId: string): Promise<MadeCall[]> {
    const { outbox, journal, id } = this.#context
    // Asked first: what has ended since is found where it is kept.
    const made = await outbox.madeFor(eventId, id)
    const kept = await journal.callsFor(eventId, id)
    return [...made, ...kept].filter(({ endpoint }) => endpoint === 'messages.send')
  }

  #said(call: OutboxRow | MadeCall): SentMessage {
    const outcome = 'state' in call ? outcomeOf(call) : madeOutcome(call)
    return new SentMessage(this.#context, call.lane, outcome, outcome.at!)
  }
}
