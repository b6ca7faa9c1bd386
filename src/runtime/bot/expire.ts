import { formatDuration } from '../../base/duration.ts'
import { AppError } from '../../base/errors.ts'
import { RETRACT_WINDOW_MS } from '../../protocol/index.ts'
import { shadowPrefix } from '../shadow/shadow-outbox.ts'
import { type BotContext, type Duration, toMs } from './context.ts'
import { CORE_PLUGIN } from './lift.ts'
import type { OutboxRow } from './outbox-store.ts'
import type { SentMessage } from './sent-message.ts'

/** The job that takes a message back whose time is over. */
export const EXPIRE_JOB = 'expire'

const SHORTEST_MS = 1000
/** So much of JMessage's three minutes is left for the retraction to arrive. */
const MARGIN_MS = 10_000
const LONGEST_MS = RETRACT_WINDOW_MS - MARGIN_MS

/** A message is on its way for so long, at most, before the outbox has heard of it. */
const UNHEARD_MS = 60_000
const LOOK_MS = 5000

/** What is to be taken back, and when. */
export interface Expiry {
  /** The key of the call that sends it. */
  readonly call: string
  /** From when JMessage took it. */
  readonly afterMs: number
  /** When it was asked for: epoch ms. */
  readonly askedAt: number
}

/** What came of it. `later`: it is looked at again. */
export type ExpiryEnd = 'retracted' | 'cancelled' | 'unsure' | 'gone' | 'later'

/**
 * How long a message is to stay: ms.
 *
 * @throws AppError `duration.invalid`, `message.invalid`
 */
export function expiryMs(retractAfter: Duration): number {
  const ms = toMs(retractAfter)
  if (ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms
  throw new AppError(`the message cannot be sent: retractAfter is ${formatDuration(ms)}`, {
    code: 'message.invalid',
    hint: `It may be ${formatDuration(SHORTEST_MS)} to ${formatDuration(LONGEST_MS)}: JMessage takes messages back for three minutes.`,
  })
}

const jobOf = (bot: string, call: string) => ({ bot, plugin: CORE_PLUGIN, name: EXPIRE_JOB, key: call })

/** Has a message be taken back in time. To be called before it is sent: so none is left behind by a process that ends. */
export async function noteExpiry(context: BotContext, what: Omit<Expiry, 'askedAt'>): Promise<void> {
  const { attempt, jobs, clock, id } = context
  attempt?.throwIfAborted()
  const job = jobOf(id, what.call)
  const askedAt = clock.now()
  const note = async () => {
    // An earlier attempt asked for it: the message may be older than this one.
    if (attempt && attempt.origin !== 'fresh' && (await jobs.waits(job))) return
    await jobs.schedule({ ...job, dueAt: askedAt + what.afterMs, data: { ...what, askedAt } })
  }
  const noted = note()
  attempt?.track(noted)
  await noted
}

/** A message, as the outbox knows it. */
export interface Known {
  /** Of the row; `undefined`: JMessage took it, and it has none. */
  readonly state: OutboxRow['state'] | undefined
  /** When that was noted: epoch ms. */
  readonly at: number
  readonly sent: SentMessage
}

/**
 * Takes a message back whose time is over; of one that was sent late, later. What was taken back already is fine.
 *
 * @param find  finds a message by the key of its call
 * @throws RetractTooLate when it was away for so long that JMessage does not take it back any more
 */
export async function expire(
  { clock, jobs, id }: BotContext,
  what: Expiry,
  find: (key: string) => Promise<Known | undefined>,
): Promise<ExpiryEnd> {
  const { call, afterMs, askedAt } = what
  const again = async (dueAt: number): Promise<'later'> => {
    await jobs.schedule({ ...jobOf(id, call), dueAt, data: what })
    return 'later'
  }
  const known = (await find(call)) ?? (await find(`${shadowPrefix(id)}${call}`))
  const now = clock.now()
  // Its handler may be about to send it. One that runs again notes it again.
  if (!known) return now < askedAt + UNHEARD_MS ? again(now + LOOK_MS) : 'gone'
  switch (known.state) {
    case 'failed':
    case 'dropped':
    case 'cancelled':
      return 'gone'
    case 'unsure':
      return 'unsure'
    case 'queued':
    case 'sending':
    case 'doubtful':
      // Whenever it is sent from now on, its time is over after the next look.
      return again(now + afterMs)
    default:
      return now < known.at + afterMs ? again(known.at + afterMs) : known.sent.retract()
  }
}
