import type { Kysely } from 'kysely'
import { typesOf } from './columns.ts'

/** Whose app a call is of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text } = typesOf(db)
  await db.schema
    .alterTable('outbox')
    .addColumn('app', text, column => column.notNull().defaultTo(''))
    .execute()
}
