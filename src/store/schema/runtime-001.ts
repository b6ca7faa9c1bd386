import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Rows are found by their texts only: on SQLite the table is then its own index, and half as much is written.
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter
  const asIndex = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
    isSqlite ? table.modifyEnd(sql`without rowid`) : table

  await db.schema
    .createTable('deliveries')
    .addColumn('event_id', 'text', column => column.notNull())
    .addColumn('bot', 'text', column => column.notNull())
    .addColumn('plugin', 'text', column => column.notNull())
    .addColumn('type', 'text', column => column.notNull())
    .addColumn('conversation', 'text', column => column.notNull())
    .addColumn('dedupe', 'text')
    .addColumn('data', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull().defaultTo(0))
    .addColumn('next_at', 'bigint')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['event_id', 'bot', 'plugin'])
    .$call(asIndex)
    .execute()
  await db.schema
    .createIndex('deliveries_dedupe')
    .unique()
    .on('deliveries')
    .column('dedupe')
    .where(sql.ref('dedupe'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('deliveries_pending')
    .on('deliveries')
    .column('event_id')
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute()

  await db.schema
    .createTable('outbox')
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('key', 'text', column => column.notNull().unique())
    .addColumn('bot', 'text', column => column.notNull())
    .addColumn('event_id', 'text')
    .addColumn('endpoint', 'text', column => column.notNull())
    .addColumn('lane', 'text', column => column.notNull())
    .addColumn('args', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull().defaultTo(0))
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .$call(asIndex)
    .execute()
  await db.schema
    .createIndex('outbox_open')
    .on('outbox')
    .column('id')
    .where(sql.ref('state'), 'in', sql`('queued', 'sending', 'unsure')`)
    .execute()

  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', column => column.primaryKey().notNull())
    .addColumn('bot', 'text', column => column.notNull())
    .addColumn('plugin', 'text', column => column.notNull())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('key', 'text', column => column.notNull())
    .addColumn('due_at', 'bigint', column => column.notNull())
    .addColumn('data', 'text', column => column.notNull())
    .addUniqueConstraint('jobs_key', ['bot', 'plugin', 'name', 'key'])
    .execute()
  await db.schema.createIndex('jobs_due').on('jobs').column('due_at').execute()

  await db.schema
    .createTable('state')
    .addColumn('bot', 'text', column => column.notNull())
    .addColumn('plugin', 'text', column => column.notNull())
    .addColumn('key', 'text', column => column.notNull())
    .addColumn('value', 'text', column => column.notNull())
    .addPrimaryKeyConstraint('state_key', ['bot', 'plugin', 'key'])
    .execute()

  await db.schema
    .createTable('identities')
    .addColumn('appkey', 'text', column => column.notNull())
    .addColumn('username', 'text', column => column.notNull())
    .addColumn('bot', 'text', column => column.notNull())
    .addColumn('password', 'text', column => column.notNull())
    .addColumn('token', 'text', column => column.notNull())
    .addColumn('registered', 'integer', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('identities_key', ['appkey', 'username'])
    .execute()

  await db.schema
    .createTable('media')
    .addColumn('appkey', 'text', column => column.notNull())
    .addColumn('type', 'text', column => column.notNull())
    .addColumn('hash', 'text', column => column.notNull())
    .addColumn('uploaded', 'text', column => column.notNull())
    .addPrimaryKeyConstraint('media_key', ['appkey', 'type', 'hash'])
    .execute()

  await db.schema
    .createTable('cursors')
    .addColumn('name', 'text', column => column.primaryKey().notNull())
    .addColumn('value', 'bigint', column => column.notNull())
    .execute()
}
