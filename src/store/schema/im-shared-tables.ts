import { type Generated, type Kysely, sql } from 'kysely'
import { isForPostgres } from '../dialect.ts'
import { typesOf } from './columns.ts'

/** What several processes on one database know of each other. On SQLite there is but one, and none of these tables. */

/** A number that all processes go by. */
export interface SettingTable {
  /** See `settings` of the server. */
  name: string
  value: number
}

/** Something that streams of whatever process are told. */
export interface NewsTable {
  /** Of the numbers of messages: it tells what came before and after. */
  position: number
  /** JSON text. */
  news: string
  /** Epoch ms, of the database. */
  at: Generated<number>
}

/** A process. */
export interface NodeTable {
  id: Generated<number>
  /** When it was last heard of: epoch ms, of the database. */
  seen: number
}

/** A stream, or several, of a user at a process. */
export interface OnlineTable {
  node: number
  user: number
  platform: string
}

/** What one process does at a time. */
export interface LeaseTable {
  name: string
  node: number
  /** Epoch ms, of the database. */
  until: number
}

/** How many calls of its quota an app has made. */
export interface QuotaTable {
  app: number
  /** 0: as the server was started with; null: off. */
  per_minute: Generated<number | null>
  /** Number of the minute that is counted. */
  minute: Generated<number>
  calls: Generated<number>
}

/** A part of an uploaded file. */
export interface MediaPartTable {
  file: string
  /** From 0. */
  part: number
  bytes: Buffer
  /** Epoch ms, of the database. */
  at: Generated<number>
}

export interface SharedTables {
  im_setting: SettingTable
  im_news: NewsTable
  im_node: NodeTable
  im_online: OnlineTable
  im_lease: LeaseTable
  im_quota: QuotaTable
  im_media_part: MediaPartTable
}

/** By this table processes take turns at writing; it stays empty. */
export const TURNS = 'im_turn'
/** Numbers of messages. */
export const NUMBERS = 'im_number'

/** The time of the database, epoch ms. */
export const databaseNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** Tables of the first step, on PostgreSQL. */
export async function sharedTables(db: Kysely<unknown>): Promise<void> {
  if (!isForPostgres(db)) return
  const { text } = typesOf(db)
  const table = (name: string) => db.schema.createTable(name)
  await db.schema.createTable(TURNS).addColumn('nothing', 'integer').execute()
  await sql`create sequence ${sql.ref(NUMBERS)} owned by ${sql.ref(TURNS)}.nothing`.execute(db)
  await table('im_setting')
    .addColumn('name', text, column => column.primaryKey())
    .addColumn('value', 'bigint', column => column.notNull())
    .execute()
  await table('im_news')
    .addColumn('position', 'bigint', column => column.primaryKey())
    .addColumn('news', text, column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull().defaultTo(databaseNow))
    .execute()
  await table('im_node')
    .addColumn('id', 'bigint', column => column.primaryKey().generatedByDefaultAsIdentity())
    .addColumn('seen', 'bigint', column => column.notNull())
    .execute()
  await table('im_online')
    .addColumn('node', 'bigint', column => column.notNull())
    .addColumn('user', 'bigint', column => column.notNull())
    .addColumn('platform', text, column => column.notNull())
    .addPrimaryKeyConstraint('im_online_key', ['user', 'node', 'platform'])
    .execute()
  await table('im_lease')
    .addColumn('name', text, column => column.primaryKey())
    .addColumn('node', 'bigint', column => column.notNull())
    .addColumn('until', 'bigint', column => column.notNull())
    .execute()
  await table('im_quota')
    .addColumn('app', 'bigint', column => column.primaryKey())
    .addColumn('per_minute', 'bigint', column => column.defaultTo(0))
    .addColumn('minute', 'bigint', column => column.notNull().defaultTo(0))
    .addColumn('calls', 'bigint', column => column.notNull().defaultTo(0))
    .execute()
  await table('im_media_part')
    .addColumn('file', text, column => column.notNull())
    .addColumn('part', 'bigint', column => column.notNull())
    .addColumn('bytes', 'bytea', column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull().defaultTo(databaseNow))
    .addPrimaryKeyConstraint('im_media_part_key', ['file', 'part'])
    .execute()
  // When one became a member, by the numbers of messages: streams are told late of what happened before.
  for (const members of ['im_group_member', 'im_room_member'])
    await sql`alter table ${sql.ref(members)} add column since bigint not null default nextval(${sql.lit(NUMBERS)})`.execute(
      db,
    )
  // What is uploaded is compressed already, mostly.
  await sql`alter table im_media_part alter column bytes set storage external`.execute(db)
}
