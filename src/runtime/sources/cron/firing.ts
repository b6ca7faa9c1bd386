import type { CronData } from '../../events/event.ts'
import type { NewEvent } from '../../events/journal.ts'
import type { Schedule } from './schedule.ts'

/** A moment that a schedule fires for. */
export interface Firing {
  readonly schedule: Schedule
  readonly scheduledAt: number
}

/** The event that becomes of a firing: named by its moment, so that it is one only. */
export function eventOf({ schedule, scheduledAt }: Firing): NewEvent {
  const { id, bot, plugin, name, overlap } = schedule
  const data: CronData = { name, scheduledAt }
  return {
    type: 'cron',
    conversation: overlap ? '' : `cron:${name}`,
    dedupe: dedupeOf(id, scheduledAt),
    data,
    recipients: [{ bot, plugin }],
  }
}

/** The moment is in front, so that what falls due together is together in the index: far fewer pages to write. */
const dedupeOf = (id: string, scheduledAt: number) => `cron:${scheduledAt}:${id}`

/** Names the last event of a schedule that must not overlap. */
export const lastOf = ({ id, firedAt, overlap }: Schedule): string | undefined =>
  overlap || firedAt === null ? undefined : dedupeOf(id, firedAt)
