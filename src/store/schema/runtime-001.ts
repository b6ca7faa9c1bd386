import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('type', 'text', column => column.notNull())
    .addColumn('conversation', 'text', column => column.notNull())
    .addColumn('dedupe', 'text', column => column.unique())
    .addColumn('data', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('deliveries')
    .addColumn('event_id', 'text', column => column.notNull())
    .addColumn('bot', 'text', column => column.notNull())
    .addColumn('plugin', 'text', column => column.notNull())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull().defaultTo(0))
    .addColumn('next_at', 'bigint')
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['event_id', 'bot', 'plugin'])
    .execute()
  await db.schema
    .createIndex('deliveries_pending')
    .on('deliveries')
    .column('event_id')
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute()

  await db.schema
    .createTable('outbox')
    .addColumn('id', 'text', column => column.primaryKey())
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
    .execute()
  await db.schema
    .createIndex('outbox_open')
    .on('outbox')
    .column('id')
    .where(sql.ref('state'), 'in', sql`('queued', 'sending', 'unsure')`)
    .execute()
  await db.schema.createIndex('outbox_event').on('outbox').column('event_id').execute()

  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', column => column.primaryKey())
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
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('value', 'bigint', column => column.notNull())
    .execute()
}
