import { formatDuration } from '../../base/duration.ts'
import { AppError } from '../../base/errors.ts'
import type { Entry, Outcome } from './outbox-entry.ts'

/** The code of {@link inDoubt}. */
export const IN_DOUBT = 'outbox.in-doubt'

/** What whoever waits for the end of a call is told when nobody can tell whether it was made. */
export const inDoubt = (cause?: Error): AppError =>
  new AppError(`it is not known whether the message was sent${cause ? `: ${cause.message}` : ''}`, {
    code: IN_DOUBT,
    hint: "Look into the chat. 'beadle dead replay' sends it, 'beadle dead drop' forgets it.",
    cause,
  })

/** @param open  calls of the app that wait already */
export const full = (open: number) =>
  new AppError(`${open} calls wait for JMessage already`, { code: 'outbox.full', retry: 'later' })

/** @throws AppError `outbox.in-doubt` when nobody can tell */
export function settled(outcome: Outcome): Outcome {
  if (outcome.state === 'unsure') throw inDoubt()
  return outcome
}

/** Why a call was not made. */
export const expired = ({ createdAt, expiresAt, endpoint }: Entry): AppError =>
  new AppError(`${endpoint}: it could not be made within ${formatDuration(expiresAt - createdAt)}`, {
    code: 'outbox.expired',
    hint: "'beadle dead replay' makes it now; limits.sendAge in config.yaml says how long calls may wait.",
  })
