import { AppError } from '../../../base/errors.ts'
import type { Partners } from './dialogue.ts'

/** The job by which it is known that the time of a question is up. */
export const ASK_JOB = '$ask'

/** Its data. */
export interface AskJobData extends Partners {
  /** As in the dialogue, unless that has gone on: epoch ms. */
  readonly expiresAt: number
}

/** A second one with the same people takes its place. */
export const askJobKey = ({ conversation, person }: Partners): string => `${conversation}|${person}`

/** The conversation of a job's event: that of the chat, where what is asked there has to be in order with it. */
export const conversationOfJob = (name: string, key: string, data: unknown): string =>
  name === ASK_JOB ? (data as AskJobData).conversation : `job:${name}:${key}`

/** @throws AppError `job.name` for names that are not for plugins */
export function checkJobName(name: string): void {
  if (!name.startsWith('$')) return
  throw new AppError(`a job cannot be named '${name}'`, {
    code: 'job.name',
    hint: 'Names that begin with $ are those of Beadle itself.',
  })
}
