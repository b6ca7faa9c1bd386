import type { JobName, Jobs, KeptJob } from '../../sources/jobs.ts'
import type { Link } from './link.ts'

const nameOf = ({ bot, plugin, name, key }: JobName): JobName => ({ bot, plugin, name, key })

/** The jobs, as they are seen from a thread. */
export const threadJobs = (link: Link): Pick<Jobs, 'schedule' | 'cancel' | 'list' | 'waits'> => ({
  // Sent messages in the data have to be JSON before they are sent.
  schedule: job => link.ask('schedule', [JSON.stringify(job)]),
  cancel: job => link.ask('unschedule', [nameOf(job)]),
  list: ({ bot, plugin, name }, range) =>
    link.ask('listJobs', [{ bot, plugin, name }, range]) as Promise<KeptJob[]>,
  waits: job => link.ask('waits', [nameOf(job)]),
})
