import type { Priority } from '../../base/priority.ts'
import type { EndpointId } from '../../protocol/index.ts'
import type { OutboxState } from '../../store/schema/runtime.ts'
import type { MadeCall } from '../events/event.ts'
import { mark, markerFor } from './marker.ts'
import type { OutboxRow } from './outbox-store.ts'

/**
 * What is known of a call before it is made. `fresh`: nobody can have made it. `again`: it may have been made before,
 * and is in the outbox then. `recovered`: a process that died may have made it, and not have noted it. `own`: it does
 * not come of an event, so that only the outbox itself can see to it.
 */
export type Origin = 'fresh' | 'again' | 'recovered' | 'own'

/** A call of the API that a bot wants made, once. */
export interface Call {
  /** A second call with the same key is not made; it gets the result of the first. */
  readonly key: string
  readonly origin: Origin
  /** Username of the bot. */
  readonly bot: string
  /** The event in whose handling it was asked for, and when that was accepted (epoch ms). */
  readonly event: { readonly id: string; readonly createdAt: number } | undefined
  readonly endpoint: EndpointId
  /** Calls of one lane leave in their order. */
  readonly lane: string
  /** Of the delivery that it comes of. Default: one of those that this process has. */
  readonly partition?: number | undefined
  readonly priority: Priority
  readonly args: Readonly<Record<string, unknown>>
  /** Whether it is worth making however long it had to wait. */
  readonly patient?: boolean | undefined
  /** Offered the call once it is made, if it has no row by then. With `true` it is kept there, and gets none. */
  readonly keep?: ((made: MadeCall) => boolean) | undefined
  /** Told each time JMessage fails at it, or at telling whether it was made. */
  readonly failing?: (() => void) | undefined
}

/** What became of a call. `queued`: it is on disk and will be made as soon as JMessage can be reached. */
export interface Outcome {
  /** The key of the call. */
  readonly id: string
  /** `unsure`: it may have been made, and nobody can tell; it is not made again by itself. */
  readonly state: 'sent' | 'queued' | 'unsure' | 'cancelled'
  /** The endpoint's answer, when it is `sent`. */
  readonly result?: unknown
  /** When this was noted, epoch ms; absent when it is so just now. */
  readonly at?: number
}

/** A call may have been made: at `since` at the earliest, and not after `until` (epoch ms). */
export interface Doubt {
  readonly since: number
  readonly until: number
}

/** A call on its way. */
export class Entry {
  readonly key: string
  /** Sorts by when the calls were asked for. */
  readonly seq: string
  readonly bot: string
  /** The appKey; empty for the main app in rows of earlier versions. */
  readonly app: string
  readonly event: string | null
  readonly endpoint: EndpointId
  readonly lane: string
  partition: number
  /** That of a later call of its lane, if that is more urgent. */
  priority: Priority
  readonly args: Readonly<Record<string, unknown>>
  /** Epoch ms. */
  readonly createdAt: number
  /** When it is no longer worth making: epoch ms. */
  readonly expiresAt: number
  state: OutboxState
  /** How often JMessage failed at it, the connection broke on it, or JMessage took it. */
  attempts: number
  /** When that first was: epoch ms. */
  failingSince: number | undefined
  /** When JMessage took it: epoch ms. */
  madeAt: number | undefined
  /** Whether its row was written, or is being. */
  recorded: boolean
  /** How often it was to be noted until it is: only the last of those is tried again. */
  notes = 0
  /** The state that is on disk for sure. */
  noted: OutboxState | undefined
  doubt: Doubt | undefined
  /** A person wants it made, though it cannot be told whether it was. */
  decided = false
  /** It was to be taken back when it was too late for that: it is not made again. */
  unwanted = false
  readonly keep: Call['keep']
  #failing: Call['failing']
  /** A request is under way. */
  isOut = false
  /** Another process sees to it now. */
  isLeft = false
  /** Whether the caller need not wait any longer. */
  released = false
  /** Settled as soon as the caller need not wait any longer. */
  readonly told: Promise<Outcome>
  #settle!: (outcome: Outcome | Error) => void
  #over: Outcome | Error | undefined
  #waiting: ((outcome: Outcome | Error) => void)[] | undefined
  #onGone = () => {}

  constructor(
    row: Omit<OutboxRow, 'args' | 'result' | 'error' | 'updated_at'>,
    args: Entry['args'],
    recorded: boolean,
    keep?: Call['keep'],
  ) {
    this.key = row.key
    this.seq = row.seq
    this.bot = row.bot
    this.app = row.app
    this.event = row.event_id
    this.endpoint = row.endpoint as EndpointId
    this.lane = row.lane
    this.partition = row.partition
    this.priority = row.priority
    this.args = args
    this.createdAt = row.created_at
    this.expiresAt = row.expires_at
    this.state = row.state
    this.attempts = row.attempts
    this.recorded = recorded
    this.noted = recorded ? row.state : undefined
    this.keep = keep
    this.told = new Promise((resolve, reject) => {
      this.#settle = outcome => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
    })
  }

  /** What became of it, once it was made or refused. */
  get outcome(): Outcome | Error | undefined {
    return this.#over
  }

  /** Itself once it is made, as it is kept with a delivery. `at`: epoch ms. */
  made(result: unknown, at: number): MadeCall {
    const { key, seq, endpoint, lane, args } = this
    return { key, seq, endpoint, lane, args, result, at }
  }

  /** Somebody asks for it, who is told, too, when JMessage fails at it, or did before. */
  join({ failing }: Pick<Call, 'failing'>): void {
    this.#failing ??= failing
    if (this.attempts > 0) failing?.()
  }

  /** JMessage failed at it. `at`: epoch ms. */
  failed(at: number): void {
    this.failingSince ??= at
    this.#failing?.()
  }

  /** Tells the caller that it need not wait any longer. */
  tell(outcome: Outcome): void {
    this.released = true
    this.#settle(outcome)
  }

  tellQueued(): void {
    this.tell({ id: this.key, state: 'queued' })
  }

  /** The call was made or refused. */
  end(outcome: Outcome | Error): void {
    this.#settle(outcome)
    this.#over = outcome
    for (const wake of this.#waiting ?? []) wake(outcome)
  }

  /** Its end is on disk, or another process sees to it. */
  go(): void {
    this.#onGone()
  }

  /** Resolves when {@link go} is called. To be asked once. */
  gone(): Promise<void> {
    return new Promise(resolve => {
      this.#onGone = resolve
    })
  }

  /** Resolves when the call was made or refused, with what became of it. */
  async over(): Promise<Outcome | Error> {
    if (this.#over) return this.#over
    this.#waiting ??= []
    const waiting = this.#waiting
    return new Promise(resolve => void waiting.push(resolve))
  }
}

export const madeOutcome = ({ key, result, at }: MadeCall): Outcome => ({
  id: key,
  state: 'sent',
  result,
  at,
})

/** A call that was made just now; `undefined` for others. */
export function madeOf(entry: Entry): MadeCall | undefined {
  const { madeAt, outcome } = entry
  if (madeAt === undefined || !outcome || outcome instanceof Error) return undefined
  return entry.made(outcome.result, madeAt)
}

const outcomeState: Partial<Record<OutboxState, Outcome['state']>> = {
  sent: 'sent',
  shadow: 'sent',
  unsure: 'unsure',
  cancelled: 'cancelled',
  dropped: 'cancelled',
}

export const outcomeOf = ({ key, state, result, updated_at: at }: OutboxRow): Outcome => ({
  id: key,
  at,
  state: outcomeState[state] ?? 'queued',
  ...(result === null ? {} : { result: JSON.parse(result) }),
})

/** The arguments of a call as it leaves: messages carry their marker. */
function outgoing({ endpoint, args, key }: Pick<Call, 'endpoint' | 'args' | 'key'>): Call['args'] {
  if (endpoint !== 'messages.send') return args
  const body = args.body as { msg_type: string; msg_body: Record<string, unknown> }
  return { body: { ...body, msg_body: mark(body.msg_type, body.msg_body, markerFor(key)) } }
}

/** Messages are looked up before they are made again. Everything else is made again at once, as that changes nothing. */
export const canBeDoubtful = (endpoint: string): boolean => endpoint === 'messages.send'

/** An entry for a call that is asked for now. */
export function newEntry(
  call: Call,
  made: {
    readonly seq: string
    readonly at: number
    readonly ageMs: number
    readonly startedAt: number
    readonly blocked: boolean
    readonly partition: number
    readonly app: string
  },
): Entry {
  const { key, bot, event, endpoint, lane, priority, origin } = call
  const { seq, at, ageMs, startedAt, blocked, partition, app } = made
  const isDoubtful = origin === 'recovered' && canBeDoubtful(endpoint)
  const state: OutboxState = isDoubtful ? 'doubtful' : blocked ? 'queued' : 'sending'
  const row = {
    key,
    seq,
    bot,
    event_id: event?.id ?? null,
    endpoint,
    lane,
    partition,
    app,
    priority,
    state,
    attempts: 0,
    created_at: at,
    expires_at: call.patient ? Number.MAX_SAFE_INTEGER : at + ageMs,
  }
  const entry = new Entry(row, outgoing(call), false, call.keep)
  entry.join(call)
  if (isDoubtful) entry.doubt = { since: event!.createdAt, until: startedAt }
  return entry
}

/** An entry for a call that an earlier process left. What was under way then may have taken effect. */
export function leftEntry(row: OutboxRow, startedAt: number): Entry {
  const state = row.state !== 'queued' && canBeDoubtful(row.endpoint) ? 'doubtful' : 'queued'
  const entry = new Entry({ ...row, state }, JSON.parse(row.args), true)
  if (state === 'doubtful') entry.doubt = { since: row.created_at, until: startedAt }
  return entry
}

/** The key of the call that takes a message back. */
export const retractKey = (key: string): string => `retract/${key}`
