import { AppError } from '../../base/errors.ts'
import { RetractTooLate } from '../../client/errors.ts'
import type { BotContext } from './context.ts'
import { laneOf } from './outgoing.ts'
import type { SentCall } from './sent-book.ts'
import type { SentMessage } from './sent-message.ts'
import type { Target } from './target.ts'

const MOST = 100

/** Which of the last messages are meant. */
export interface LastSent {
  /** How many, 1 to 100. Default: 1. */
  readonly count?: number
  /** Username: only what was said in answer to a message of somebody. */
  readonly by?: string
}

/** @throws AppError `sent.count` */
export function lastCalls(
  { attempt, clock, book }: BotContext,
  chat: Target,
  { count = 1, by }: LastSent,
): Promise<SentCall[]> {
  attempt?.throwIfAborted()
  if (!Number.isInteger(count) || count < 1 || count > MOST)
    throw new AppError(`count must be a whole number from 1 to ${MOST}, not ${count}`, { code: 'sent.count' })
  const event = attempt?.delivery.event
  return book.last({
    lane: laneOf(chat),
    until: event?.createdAt ?? clock.now(),
    event: event?.id,
    by,
    count,
  })
}

/**
 * Takes messages back, and passes over those for which it is too late.
 *
 * @returns those that were taken back
 * @throws what went wrong with one of them
 */
export async function retractAll(all: readonly SentMessage[]): Promise<SentMessage[]> {
  const outcomes = await Promise.allSettled(all.map(sent => sent.retract()))
  const failed = outcomes.find(
    outcome => outcome.status === 'rejected' && !(outcome.reason instanceof RetractTooLate),
  )
  if (failed) throw (failed as PromiseRejectedResult).reason
  return all.filter((_, index) => outcomes[index]!.status === 'fulfilled')
}
