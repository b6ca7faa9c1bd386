import type { EndpointId } from '../../protocol/index.ts'
import type { OutboxState } from '../../store/schema/runtime.ts'
import { mark } from './marker.ts'
import type { OutboxRow } from './outbox-store.ts'

/** A call of the API that a bot wants made, once. */
export interface Call {
  /** A second call with the same key is not made; it gets the result of the first. */
  readonly key: string
  /** Username of the bot. */
  readonly bot: string
  /** The event in whose handling it was asked for. */
  readonly event: string | null
  readonly endpoint: EndpointId
  /** Calls of one lane leave in their order. */
  readonly lane: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What became of a call. `queued`: it is on disk and will be made as soon as JMessage can be reached. */
export interface Outcome {
  readonly id: string
  readonly state: 'sent' | 'queued' | 'cancelled'
  /** The endpoint's answer, when it is `sent`. */
  readonly result?: unknown
  /** When this was noted, epoch ms; absent when it is so just now. */
  readonly at?: number
}

/** A call on its way. */
export interface Entry {
  readonly id: string
  readonly key: string
  readonly bot: string
  readonly endpoint: EndpointId
  readonly lane: string
  readonly args: Readonly<Record<string, unknown>>
  readonly createdAt: number
  state: OutboxState
  attempts: number
  /** Settled once the call was made or refused, for those who want to know the end. */
  readonly ended: Promise<Outcome>
  readonly end: (outcome: Outcome | Error) => void
  /** Settled as soon as the caller need not wait any longer. */
  readonly told: Promise<Outcome>
  readonly tell: (outcome: Outcome | Error) => void
}

export type EntryRow = Omit<OutboxRow, 'args' | 'state' | 'event_id' | 'result' | 'error' | 'updated_at'> & {
  args: string | Readonly<Record<string, unknown>>
}

/** Thrown out of a transaction: the call was asked for before. */
export class Known extends Error {
  constructor(readonly row: OutboxRow) {
    super('this call was asked for before')
  }
}

export const outcomeOf = ({ id, state, result, updated_at: at }: OutboxRow): Outcome => ({
  id,
  at,
  state: state === 'sent' || state === 'cancelled' ? state : 'queued',
  ...(result === null ? {} : { result: JSON.parse(result) }),
})

export function marked(args: Call['args'], id: string): Call['args'] {
  const body = args.body as { msg_type: string; msg_body: Record<string, unknown> }
  return { body: { ...body, msg_body: mark(body.msg_type, body.msg_body, id) } }
}

/** An entry for a row, not yet settled. */
export function newEntry(row: EntryRow, state: OutboxState): Entry {
  const told = deferred<Outcome>()
  const ended = deferred<Outcome>()
  const args = typeof row.args === 'string' ? JSON.parse(row.args) : row.args
  const { id, key, bot, lane, attempts, created_at: createdAt } = row
  return {
    ...{ id, key, bot, lane, args, createdAt, attempts, state, endpoint: row.endpoint as EndpointId },
    told: told.promise,
    tell: told.settle,
    ended: ended.promise,
    end(outcome) {
      told.settle(outcome)
      ended.settle(outcome)
    },
  }
}

/** A promise with its ends outside. Rejections that nobody waits for are not unhandled. */
function deferred<T>(): { promise: Promise<T>; settle: (outcome: T | Error) => void } {
  let settle!: (outcome: T | Error) => void
  const promise = new Promise<T>((resolve, reject) => {
    settle = outcome => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
  })
  promise.catch(() => {})
  return { promise, settle }
}
