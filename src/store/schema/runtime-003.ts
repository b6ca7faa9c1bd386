import type { Kysely } from 'kysely'
import { typesOf } from './columns.ts'

export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = typesOf(db)
  await db.schema
    .createTable('quota_ledgers')
    .addColumn('app', text, column => column.primaryKey().notNull())
    .addColumn('version', integer, column => column.notNull())
    .addColumn('ledger', text, column => column.notNull())
    .addColumn('updated_at', integer, column => column.notNull())
    .execute()
}
