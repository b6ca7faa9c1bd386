import type { Clock } from '../../base/clock.ts'
import { parseDuration } from '../../base/duration.ts'
import { AppError } from '../../base/errors.ts'
import type { Priority } from '../../base/priority.ts'
import type { Client } from '../../client/index.ts'
import type { EndpointId } from '../../protocol/index.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { MadeCall } from '../events/event.ts'
import type { Journal } from '../events/journal.ts'
import type { Languages } from '../plugin/language/languages.ts'
import type { Jobs } from '../sources/jobs.ts'
import type { AppOutbox } from './app-outbox.ts'
import type { BroadcastDesk } from './broadcast/broadcasts.ts'
import type { MediaUploads } from './media-uploads.ts'
import { madeOutcome, type Outcome } from './outbox-entry.ts'
import type { SentBook } from './sent-book.ts'

/** Where the calls of a bot go: to the outbox of its app, or, in the shadow, nowhere. */
export type Sending = Pick<AppOutbox, 'submit' | 'cancel' | 'ended' | 'madeFor'>

/** What a bot works with. */
export interface BotContext {
  /** Name of the bot's file. */
  readonly id: string
  /** Username of its admin account. */
  readonly username: string
  /** Name of its app, unless that is the main one. */
  readonly app?: string | undefined
  readonly outbox: Sending
  readonly journal: Pick<Journal, 'callsFor'>
  readonly client: Client
  readonly clock: Clock
  readonly jobs: Jobs
  readonly media: MediaUploads
  readonly broadcasts?: BroadcastDesk
  readonly makeId: () => string
  /** What it sent lately. */
  readonly book: SentBook
  /** In which it talks with whom. Default: English. */
  readonly languages?: Languages | undefined
  /** The attempt at a delivery to which the calls belong; none outside of handlers. */
  readonly attempt?: Attempt
}

export interface ActOptions {
  readonly lane: string
  readonly key?: string
  readonly ofAttempt?: boolean
  readonly priority?: Priority
  readonly patient?: boolean
  readonly hasRow?: boolean
}

/** Whose turn a call is: answers to people go before what happens by itself. */
const priorityOf = (type: string | undefined): Priority => (type?.startsWith('message.') ? 'reply' : 'notice')

/**
 * Has a call of the API made by way of the outbox. Within a handler its key is that of the attempt, so that a handler
 * which runs again does not do it again.
 *
 * @param options.lane  calls of one lane leave in their order
 * @param options.key  in place of the attempt's next
 * @param options.ofAttempt  whether the key is of the attempt
 * @param options.priority  default: `reply` in answer to a message, else `notice`
 * @param options.patient  whether it is worth making however long it had to wait. Default: no
 * @param options.hasRow  whether other processes are to find it at once, rather than with its delivery. Default: no
 */
export function act(
  context: BotContext,
  endpoint: EndpointId,
  args: Readonly<Record<string, unknown>>,
  options: ActOptions,
): Promise<Outcome> {
  const { attempt } = context
  attempt?.throwIfAborted()
  const { lane, key = nextKey(context, endpoint, lane), ofAttempt = options.key === undefined } = options
  // A key that is not of the attempt may have been used by another one.
  const origin = (ofAttempt && attempt?.origin) || 'own'
  const event = attempt?.delivery.event
  const made = ofAttempt ? attempt?.made(key) : undefined
  if (made) return Promise.resolve(madeOutcome(made))
  const keep = ofAttempt && attempt && !options.hasRow ? (call: MadeCall) => attempt.keep(call) : undefined
  const told = context.outbox.submit({
    key,
    origin,
    bot: context.username,
    event,
    endpoint,
    lane,
    partition: attempt?.delivery.partition,
    priority: options.priority ?? priorityOf(event?.type),
    args,
    patient: options.patient,
    keep,
  })
  attempt?.track(told, ofAttempt ? key : undefined)
  return told
}

/** The key of the next call of this kind: the attempt's, or, outside of handlers, one that is never met again. */
export const nextKey = (context: BotContext, endpoint: EndpointId, lane: string): string =>
  context.attempt?.key(`${endpoint}>${lane}`) ?? context.makeId()

/** How long something is to last: ms, or a text such as `10m`, `2h30m`, `1d`. */
export type Duration = number | string

/** @throws AppError `duration.invalid` */
export function toMs(duration: Duration): number {
  // Plugins may be written in plain JavaScript: what comes is not what the types say.
  const ms = typeof duration === 'string' ? parseDuration(duration) : duration
  if (typeof ms !== 'number' || !(ms > 0)) {
    throw new AppError(`'${duration}' is no duration`, {
      code: 'duration.invalid',
      hint: "Write '10m', '2h30m' or '1d'.",
    })
  }
  return ms
}
