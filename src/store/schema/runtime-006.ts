import type { Kysely } from 'kysely'
import { typesOf } from './columns.ts'

/** What processes that do nothing else any more were at, for those who take over what they had. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = typesOf(db)
  await db.schema
    .createTable('stuck')
    .addColumn('node', text, column => column.notNull())
    .addColumn('event_id', text, column => column.notNull())
    .addColumn('bot', text, column => column.notNull())
    .addColumn('plugin', text, column => column.notNull())
    .addColumn('certain', 'integer', column => column.notNull())
    .addColumn('noted_at', integer, column => column.notNull())
    .addPrimaryKeyConstraint('stuck_key', ['node', 'event_id', 'bot', 'plugin'])
    .execute()
}
