import type { Clock } from '../../../base/clock.ts'
import { AppError, asError } from '../../../base/errors.ts'
import { RetractTooLate } from '../../../client/index.ts'
import { RETRACT_WINDOW_MS, type SendReceipt } from '../../../protocol/index.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Sending } from '../context.ts'
import type { Call, Outcome } from '../outbox-entry.ts'
import { callByKey, type OutboxRow } from '../outbox-store.ts'
import type { BroadcastRow, TargetNote, TargetRow } from './broadcast-rows.ts'

/** Longest error text that is kept of a target. */
const ERROR_CHARS = 500

/** The calls that a broadcast is made of, and what becomes of each. */
export class Posts {
  readonly #row: BroadcastRow
  readonly #message: Readonly<Record<string, unknown>>
  readonly #store: Store<RuntimeTables>
  readonly #sending: Sending
  readonly #clock: Clock

  constructor(
    row: BroadcastRow,
    options: {
      readonly store: Store<RuntimeTables>
      readonly sending: Sending
      readonly clock: Clock
    },
  ) {
    this.#row = row
    this.#message = JSON.parse(row.message)
    this.#store = options.store
    this.#sending = options.sending
    this.#clock = options.clock
  }

  /** The message to a target: the same call, whenever it is asked for. */
  callFor(target: TargetRow): Call {
    const { target_type, target_id } = target
    const body = { ...this.#message, target_type, target_id }
    return this.#call(target, 'messages.send', { body }, '')
  }

  retractionOf(target: TargetRow): Call {
    const args = { username: this.#message.from_id, msgid: target.msg_id }
    return this.#call(target, 'messages.retract', args, 'retract/')
  }

  /** What there is to say of a message for whose retraction, made `leadMs` from now, it is too late. */
  lateNote(target: TargetRow, leadMs: number): TargetNote | undefined {
    if (this.#clock.now() + leadMs <= target.sent_at! + RETRACT_WINDOW_MS) return undefined
    return { ...noteOf(target), state: 'too-late', error: 'its three minutes end before its turn comes' }
  }

  /**
   * Makes a call of a target, and says what became of it.
   *
   * @throws what keeps it from being made now
   */
  async make(target: TargetRow, call: Call): Promise<TargetNote> {
    const isRetraction = call.endpoint === 'messages.retract'
    try {
      const asked = await this.#sending.submit(call)
      const outcome = asked.state === 'queued' ? await this.#sending.ended(call.key) : asked
      if (isRetraction) return { ...noteOf(target), state: 'retracted' }
      if (outcome.state === 'cancelled') return CANCELLED
      return outcome.state === 'sent' ? this.#sentNote(outcome) : await this.#unsureNote(call)
    } catch (thrown) {
      const error = asError(thrown)
      // What cannot be noted now, or waits for whatever reason, is asked for again.
      const { code = '', retry = 'never' } = error instanceof AppError ? error : {}
      if (retry === 'later' && !ENDS.has(code)) throw error
      if (isRetraction) return this.#unretracted(target, error)
      const known = await knownOf(this.#store, call.key)
      if (known && known !== 'open') return known
      return failedNote(error.message, code === 'outbox.in-doubt')
    }
  }

  #sentNote({ result, at }: Outcome): TargetNote {
    const { msg_id: msgId } = result as SendReceipt
    return { state: 'sent', msgId, sentAt: at ?? this.#clock.now(), error: null }
  }

  async #unsureNote({ key }: Call): Promise<TargetNote> {
    const row = await this.#store.read.first(callByKey, { key })
    return failedNote(row?.error ?? null, true)
  }

  #unretracted(target: TargetRow, error: Error): TargetNote {
    const late = error instanceof RetractTooLate || this.lateNote(target, 0) !== undefined
    return {
      ...noteOf(target),
      state: late ? 'too-late' : 'sent',
      error: error.message.slice(0, ERROR_CHARS),
    }
  }

  #call(target: TargetRow, endpoint: Call['endpoint'], args: Call['args'], prefix: string): Call {
    const { id, event_id, created_at: createdAt, partition } = this.#row
    return {
      key: `${prefix}broadcast/${id}/${target.position}`,
      origin: 'own',
      bot: String(this.#message.from_id),
      event: event_id === null ? undefined : { id: event_id, createdAt },
      endpoint,
      lane: `${target.target_type}:${target.target_id}`,
      partition,
      priority: 'bulk',
      args,
    }
  }
}

/** Errors of the outbox that are the end of a call. */
const ENDS: ReadonlySet<string> = new Set(['outbox.in-doubt', 'outbox.expired', 'outbox.refused'])

const CANCELLED: TargetNote = { state: 'cancelled', msgId: null, sentAt: null, error: null }

const failedNote = (error: string | null, isUnsure: boolean): TargetNote => ({
  state: isUnsure ? 'unsure' : 'failed',
  msgId: null,
  sentAt: null,
  error: error?.slice(0, ERROR_CHARS) ?? null,
})

const noteOf = ({ msg_id, sent_at, state, error }: TargetRow): TargetNote => ({
  state,
  msgId: msg_id,
  sentAt: sent_at,
  error,
})

/** Whose message a call is, by its key; `undefined` when it is none of a broadcast. */
export function targetOf(key: string): Pick<TargetRow, 'broadcast' | 'position'> | undefined {
  const [, broadcast, position] = /^broadcast\/([^/]+)\/(\d+)$/.exec(key) ?? []
  return broadcast === undefined ? undefined : { broadcast, position: Number(position) }
}

/** What the outbox knows of the message to a target: what became of it, or that it is on its way. */
export async function knownOf(
  store: Store<RuntimeTables>,
  key: string,
): Promise<TargetNote | 'open' | undefined> {
  const row: OutboxRow | undefined = await store.read.first(callByKey, { key })
  if (!row) return undefined
  switch (row.state) {
    case 'sent': {
      const { msg_id: msgId } = JSON.parse(row.result!) as SendReceipt
      return { state: 'sent', msgId, sentAt: row.updated_at, error: null }
    }
    case 'failed':
    case 'dropped':
      return failedNote(row.error, false)
    case 'unsure':
      return failedNote(row.error, true)
    case 'cancelled':
      return CANCELLED
    default:
      return 'open'
  }
}
