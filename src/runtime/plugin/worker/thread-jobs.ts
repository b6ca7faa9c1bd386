import type { JobName, Jobs } from '../../sources/jobs.ts'
import type { Link } from './link.ts'

const nameOf = ({ bot, plugin, name, key }: JobName): JobName => ({ bot, plugin, name, key })

/** The jobs, as they are seen from a thread. */
export const threadJobs = (link: Link): Pick<Jobs, 'schedule' | 'cancel' | 'waits'> => ({
  // Sent messages in the data have to be JSON before they are sent.
  schedule: job => link.ask('schedule', [JSON.stringify(job)]),
  cancel: job => link.ask('unschedule', [nameOf(job)]),
  waits: job => link.ask('waits', [nameOf(job)]),
})
