import type { Clock } from '../../base/clock.ts'
import { AppError } from '../../base/errors.ts'
import type { Store } from '../../store/index.ts'
import { query } from '../../store/index.ts'
import type { OutboxTable, RuntimeTables } from '../../store/schema/runtime.ts'
import type { Sending } from '../bot/context.ts'
import { type Call, madeOutcome, type Outcome, outcomeOf } from '../bot/outbox-entry.ts'
import { callByKey } from '../bot/outbox-store.ts'
import type { MadeCall } from '../events/event.ts'
import type { MadeUp } from './made-up.ts'

const insertShadow = query<RuntimeTables>()(
  (db, p: Omit<OutboxTable, 'state' | 'attempts' | 'error' | 'expires_at'>) =>
    db
      .insertInto('outbox')
      .values({
        key: p.key,
        seq: p.seq,
        bot: p.bot,
        event_id: p.event_id,
        endpoint: p.endpoint,
        lane: p.lane,
        priority: p.priority,
        args: p.args,
        state: 'shadow',
        attempts: 0,
        result: p.result,
        error: null,
        created_at: p.created_at,
        expires_at: p.created_at,
        updated_at: p.updated_at,
        partition: p.partition,
        app: p.app,
      })
      .onConflict(conflict => conflict.column('key').doNothing()),
)

const shadowByKey = query<RuntimeTables>()((db, p: { key: string }) =>
  db.selectFrom('outbox').selectAll().where('key', '=', p.key),
)

export interface ShadowOutboxOptions {
  /** Name of the bot's file. */
  readonly bot: string
  /** The appKey. */
  readonly app: string
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly makeId: () => string
  readonly madeUp: MadeUp
  /** Told of each call, by the key that it would have in the outbox, and the event that it comes of. */
  readonly onCall?: ((call: MadeCall, event: string | undefined) => void) | undefined
  /** What was answered to a call with this key before: so it is answered again, or refused. */
  readonly answered?: ((key: string) => unknown) | undefined
}

/**
 * In place of the outbox, for a bot in the shadow: what the bot would say and do is kept as if it had been done, and
 * never leaves, whatever becomes of the bot later.
 */
export class ShadowOutbox implements Sending {
  readonly #options: ShadowOutboxOptions

  constructor(options: ShadowOutboxOptions) {
    this.#options = options
  }

  async submit(call: Call): Promise<Outcome> {
    const { clock, makeId, madeUp, store, answered, onCall } = this.#options
    const key = this.#keyOf(call)
    const seq = makeId()
    const known = call.origin === 'fresh' ? undefined : await store.read.first(shadowByKey, { key })
    if (known) return outcomeOf(known)
    const { endpoint, lane, args } = call
    const result = answered?.(call.key) ?? madeUp.answer(endpoint, args)
    const made: MadeCall = { key, seq, endpoint, lane, args, result, at: clock.now(), shadow: true }
    // Of a broadcast the posts are not shown one by one.
    if (call.priority !== 'bulk') onCall?.({ ...made, key: call.key }, call.event?.id)
    if (!call.keep?.(made)) await this.#note(call, made)
    return madeOutcome(made)
  }

  /** Nothing waits here. */
  async cancel(): Promise<boolean> {
    return false
  }

  /** Nothing is on its way here. */
  async madeFor(): Promise<MadeCall[]> {
    return []
  }

  async ended(id: string): Promise<Outcome> {
    const row = await this.#options.store.read.first(callByKey, { key: id })
    if (!row) throw new AppError(`no call ${id} in the outbox`, { code: 'outbox.unknown' })
    return outcomeOf(row)
  }

  /** Keys that do not name the bot may be those of another, who is not in the shadow. */
  #keyOf({ key, event }: Call): string {
    const { bot } = this.#options
    return event && key.startsWith(`${event.id}/${bot}/`) ? key : `${shadowPrefix(bot)}${key}`
  }

  async #note(call: Call, { key, seq, endpoint, lane, args, result, at }: MadeCall): Promise<void> {
    const { bot, event, priority, partition = 0 } = call
    const { app } = this.#options
    const row = { key, seq, bot, event_id: event?.id ?? null, endpoint, lane, priority, partition, app }
    const texts = { args: JSON.stringify(args), result: result === null ? null : JSON.stringify(result) }
    await this.#options.store.write(tx =>
      tx.run(insertShadow, { ...row, ...texts, created_at: at, updated_at: at }),
    )
  }
}

/** What comes before the keys of a bot in the shadow that do not name it. */
export const shadowPrefix = (bot: string): string => `shadow/${bot}/`
