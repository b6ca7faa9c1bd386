import type { Kysely } from 'kysely'
import { typesOf } from './columns.ts'

/** What is asked of every process, and what each of them answers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = typesOf(db)
  await db.schema
    .createTable('reloads')
    .addColumn('id', text, column => column.primaryKey().notNull())
    .addColumn('asked_at', integer, column => column.notNull())
    .execute()
  await db.schema
    .createTable('reload_answers')
    .addColumn('reload', text, column => column.notNull())
    .addColumn('node', text, column => column.notNull())
    .addColumn('name', text, column => column.notNull())
    .addColumn('answered_at', integer, column => column.notNull())
    .addColumn('answer', text, column => column.notNull())
    .addPrimaryKeyConstraint('reload_answers_key', ['reload', 'node'])
    .execute()
}
