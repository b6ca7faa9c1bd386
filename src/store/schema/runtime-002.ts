import { type Kysely, sql } from 'kysely'
import { isForPostgres } from '../dialect.ts'
import { typesOf } from './columns.ts'

/** Into so many parts all conversations are divided. */
const PARTITIONS = 64

/** What several processes need to know of each other, and who of them sees to what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text, integer } = typesOf(db)
  for (const table of ['deliveries', 'outbox', 'broadcasts'] as const) {
    await db.schema
      .alterTable(table)
      .addColumn('partition', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  }
  await db.schema
    .createTable('nodes')
    .addColumn('id', text, column => column.primaryKey().notNull())
    .addColumn('name', text, column => column.notNull())
    .addColumn('started_at', integer, column => column.notNull())
    .addColumn('beat_at', integer, column => column.notNull())
    .addColumn('error_ms', integer, column => column.notNull())
    .execute()
  await db.schema
    .createTable('partitions')
    .addColumn('number', 'integer', column => column.primaryKey().notNull())
    .addColumn('owner', text)
    .addColumn('owned_at', integer)
    .execute()
  const numbers = Array.from({ length: PARTITIONS }, (_, number) => `(${number})`).join(', ')
  await sql.raw(`insert into partitions (number) values ${numbers}`).execute(db)
  if (!isForPostgres(db)) return
  // Each node reads the parts that are its own.
  await db.schema.dropIndex('deliveries_pending').execute()
  await db.schema
    .createIndex('deliveries_pending')
    .on('deliveries')
    .columns(['bot', 'plugin', 'event_id', 'partition', 'conversation'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute()
}
