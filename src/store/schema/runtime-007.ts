import { type Kysely, sql } from 'kysely'
import { typesOf } from './columns.ts'

/** What plugins remember for a while only, jobs that come about again and again, schedules that pause, and dialogues. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = typesOf(db)
  await db.schema.alterTable('state').addColumn('expires_at', integer).execute()
  await db.schema
    .createIndex('state_expiring')
    .on('state')
    .column('expires_at')
    .where(sql.ref('expires_at'), 'is not', null)
    .execute()
  await db.schema.alterTable('jobs').addColumn('every', text).execute()
  await db.schema.alterTable('schedules').addColumn('paused_at', integer).execute()
  await db.schema
    .createIndex('schedules_paused')
    .on('schedules')
    .column('paused_at')
    .where(sql.ref('paused_at'), 'is not', null)
    .execute()
  await db.schema
    .createTable('dialogues')
    .addColumn('bot', text, column => column.notNull())
    .addColumn('plugin', text, column => column.notNull())
    .addColumn('conversation', text, column => column.notNull())
    .addColumn('person', text, column => column.notNull())
    .addColumn('event_id', text, column => column.notNull())
    .addColumn('log', text, column => column.notNull())
    .addColumn('revision', 'integer', column => column.notNull())
    .addColumn('expires_at', integer, column => column.notNull())
    .addPrimaryKeyConstraint('dialogues_key', ['conversation', 'person', 'bot', 'plugin'])
    .execute()
}
