import { hash } from 'node:crypto'
import type { JobData } from '../events/event.ts'
import type { NewEvent } from '../events/journal.ts'
import { conversationOfJob } from '../plugin/dialogue/ask-job.ts'
import { type KeptRhythm, nextTime } from './job-rhythm.ts'
import { deleteDue, type JobName, type JobRow, moveDue } from './job-rows.ts'

/** A job that fell due. */
export interface Due {
  readonly row: JobRow
  readonly rhythm: KeptRhythm | undefined
}

export const dueOf = (row: JobRow): Due => ({
  row,
  rhythm: row.every === null ? undefined : (JSON.parse(row.every) as KeptRhythm),
})

/** Names the event that becomes of a job that comes about again and again, by its moment. */
const momentOf = (job: JobName, dueAt: number): string => {
  const name = hash('sha256', JSON.stringify([job.bot, job.plugin, job.name, job.key]), 'hex')
  return `job:${name.slice(0, 32)}:${dueAt}`
}

/** Names the last event that became of it. */
export const lastOf = ({ row, rhythm }: Due): string | undefined =>
  rhythm?.last === undefined ? undefined : momentOf(row, rhythm.last)

/**
 * The event that becomes of a job. It takes the place of the job in one commit, so that none is lost and none comes about
 * twice; one that comes about again and again has its next time in that commit.
 */
export function eventOf(due: Due, now: number): NewEvent {
  const { row, rhythm } = due
  const { id, bot, plugin, name, key, dueAt } = row
  const data: JobData = { name, dueAt, data: JSON.parse(row.data) }
  return {
    type: 'job',
    // One that took the place of another is handled after it, should that have come about meanwhile.
    conversation: conversationOfJob(name, key, data.data),
    dedupe: rhythm ? momentOf(row, dueAt) : `job:${id}`,
    data,
    recipients: [{ bot, plugin }],
    claim: async tx => {
      const change = movedOn(due, now, dueAt)
      return (await tx.run(change.query, change.params as never)) === 1
    },
  }
}

/**
 * What is written when a moment of a job is over.
 *
 * @param last  the moment of its last event
 */
export function movedOn({ row, rhythm }: Due, now: number, last: number | undefined) {
  const { id, dueAt } = row
  const nextAt = rhythm && nextTime(rhythm, dueAt, now)
  if (nextAt === undefined) return { query: deleteDue, params: { id, dueAt } } as const
  const every = JSON.stringify({ ...rhythm, last })
  return { query: moveDue, params: { id, dueAt, nextAt, every } } as const
}
