import { query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

/** Names a job: a second one with the same four takes the place of the first. */
export interface JobName {
  readonly bot: string
  readonly plugin: string
  readonly name: string
  readonly key: string
}

export interface JobRow {
  id: string
  bot: string
  plugin: string
  name: string
  key: string
  dueAt: number
  /** JSON. */
  data: string
  /** How often it comes about, as JSON; null for once. */
  every: string | null
}

export const upsertJob = query<RuntimeTables>()((db, p: JobRow) =>
  db
    .insertInto('jobs')
    .values({
      id: p.id,
      bot: p.bot,
      plugin: p.plugin,
      name: p.name,
      key: p.key,
      due_at: p.dueAt,
      data: p.data,
      every: p.every,
    })
    .onConflict(conflict =>
      conflict
        .columns(['bot', 'plugin', 'name', 'key'])
        .doUpdateSet({ id: p.id, due_at: p.dueAt, data: p.data, every: p.every })
        // Ids sort by when they were asked for, or by the event that asked: a handler that runs again takes nothing
        // from a newer one, and what it asked for itself stays as it is.
        .whereRef('jobs.id', '<', 'excluded.id' as never),
    ),
)

export const deleteByName = query<RuntimeTables>()((db, p: JobName) =>
  db
    .deleteFrom('jobs')
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('name', '=', p.name)
    .where('key', '=', p.key),
)

/** As it was when it fell due: what was asked for since is another one. */
export interface DueJob {
  id: string
  dueAt: number
}

export const deleteDue = query<RuntimeTables>()((db, p: DueJob) =>
  db.deleteFrom('jobs').where('id', '=', p.id).where('due_at', '=', p.dueAt),
)

/** Has a job that comes about again and again wait for its next time. */
export const moveDue = query<RuntimeTables>()((db, p: DueJob & { nextAt: number; every: string }) =>
  db
    .updateTable('jobs')
    .set({ due_at: p.nextAt, every: p.every })
    .where('id', '=', p.id)
    .where('due_at', '=', p.dueAt),
)

const columns = [
  ...(['id', 'bot', 'plugin', 'name', 'key', 'data', 'every'] as const),
  'due_at as dueAt',
] as const

export const dueJobs = query<RuntimeTables>()((db, p: { now: number; limit: number }) =>
  db.selectFrom('jobs').select(columns).where('due_at', '<=', p.now).orderBy('due_at').limit(p.limit),
)

export const earliestJob = query<RuntimeTables>()((db, _: object) =>
  db.selectFrom('jobs').select('due_at').orderBy('due_at').limit(1),
)

export const waitingJob = query<RuntimeTables>()((db, p: JobName) =>
  db
    .selectFrom('jobs')
    .select(['due_at as dueAt', 'every'])
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('name', '=', p.name)
    .where('key', '=', p.key),
)

/** Jobs of a name that wait, by their keys: those after `after`. */
export const jobsAfter = query<RuntimeTables>()(
  (db, p: Omit<JobName, 'key'> & { after: string; limit: number }) =>
    db
      .selectFrom('jobs')
      .select(columns)
      .where('bot', '=', p.bot)
      .where('plugin', '=', p.plugin)
      .where('name', '=', p.name)
      .where('key', '>', p.after)
      .orderBy('key')
      .limit(p.limit),
)
