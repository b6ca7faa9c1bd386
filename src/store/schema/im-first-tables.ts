import { type CreateTableBuilder, type Kysely, type Migration, sql } from 'kysely'
import { counter, id, typesOf } from './columns.ts'
import { sharedTables } from './im-shared-tables.ts'

type Columns = Readonly<Record<string, 'integer' | 'text' | 'integer?' | 'text?' | 'id' | 'counter'>>

/** A table of integers and texts; `?` may be null, `id` is the primary key, a `counter` one that never repeats. */
function table(db: Kysely<unknown>, name: string, columns: Columns): CreateTableBuilder<string, string> {
  const { text, integer } = typesOf(db, 'integer')
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const [column, type] of Object.entries(columns)) {
    if (type === 'counter') builder = counter(db, builder, column)
    else if (type === 'id') builder = id(db, builder, column)
    else
      builder = builder.addColumn(column, type.startsWith('text') ? text : integer, definition => {
        return type.endsWith('?') ? definition : definition.notNull()
      })
  }
  return builder
}

const index = (db: Kysely<unknown>, on: string, columns: string[]) =>
  db.schema
    .createIndex(`${on}_${columns.join('_')}`)
    .on(on)
    .columns(columns)

async function users(db: Kysely<unknown>): Promise<void> {
  await table(db, 'im_app', {
    id: 'id',
    app_key: 'text',
    callback_msgid: 'integer?',
    callback_event: 'integer?',
    filters_words: 'integer',
    sdk_register: 'integer',
  })
    .addUniqueConstraint('im_app_key', ['app_key'])
    .execute()
  await table(db, 'im_sequence', { name: 'text', next: 'integer' })
    .addPrimaryKeyConstraint('im_sequence_key', ['name'])
    .execute()
  await table(db, 'im_secret', { name: 'text', value: 'text' })
    .addPrimaryKeyConstraint('im_secret_key', ['name'])
    .execute()
  await table(db, 'im_user', {
    id: 'counter',
    app: 'integer',
    username: 'text',
    admin: 'integer',
    disabled: 'integer',
    password: 'text',
    nickname: 'text?',
    avatar: 'text?',
    birthday: 'text?',
    gender: 'integer?',
    signature: 'text?',
    region: 'text?',
    address: 'text?',
    extras: 'text?',
    dnd: 'integer',
    ctime: 'integer',
    mtime: 'integer',
  }).execute()
  await index(db, 'im_user', ['app', 'username']).unique().execute()
  await index(db, 'im_user', ['app', 'ctime', 'username']).execute()
  await table(db, 'im_former_user', { id: 'id', app: 'integer', username: 'text' }).execute()
  await index(db, 'im_former_user', ['app', 'username']).execute()
  await table(db, 'im_session', { user: 'integer', platform: 'text', since: 'integer' })
    .addPrimaryKeyConstraint('im_session_key', ['user', 'platform'])
    .execute()
  await table(db, 'im_received', { user: 'id', msgid: 'integer' }).execute()
  await table(db, 'im_active', { app: 'integer', day: 'integer', user: 'integer' })
    .addPrimaryKeyConstraint('im_active_key', ['app', 'day', 'user'])
    .execute()
}

async function lists(db: Kysely<unknown>): Promise<void> {
  await table(db, 'im_blacklist', { user: 'integer', other: 'integer', ctime: 'integer' })
    .addPrimaryKeyConstraint('im_blacklist_key', ['user', 'other'])
    .execute()
  await index(db, 'im_blacklist', ['other']).execute()
  await table(db, 'im_dnd_user', { user: 'integer', other: 'integer' })
    .addPrimaryKeyConstraint('im_dnd_user_key', ['user', 'other'])
    .execute()
  await index(db, 'im_dnd_user', ['other']).execute()
  await table(db, 'im_dnd_group', { user: 'integer', gid: 'integer' })
    .addPrimaryKeyConstraint('im_dnd_group_key', ['user', 'gid'])
    .execute()
  await index(db, 'im_dnd_group', ['gid']).execute()
  await table(db, 'im_shield', { user: 'integer', gid: 'integer' })
    .addPrimaryKeyConstraint('im_shield_key', ['user', 'gid'])
    .execute()
  await index(db, 'im_shield', ['gid']).execute()
  await table(db, 'im_friend', {
    user: 'integer',
    other: 'integer',
    note_name: 'text?',
    others: 'text?',
    ctime: 'integer',
  })
    .addPrimaryKeyConstraint('im_friend_key', ['user', 'other'])
    .execute()
  await index(db, 'im_friend', ['other']).execute()
  await table(db, 'im_word', { id: 'counter', app: 'integer', word: 'text', itime: 'integer' }).execute()
  await index(db, 'im_word', ['app', 'word']).unique().execute()
}

async function gatherings(db: Kysely<unknown>): Promise<void> {
  await table(db, 'im_group', {
    gid: 'id',
    app: 'integer',
    owner: 'integer',
    name: 'text',
    description: 'text',
    avatar: 'text?',
    flag: 'integer',
    ctime: 'integer',
    mtime: 'integer',
  }).execute()
  await table(db, 'im_group_member', {
    id: 'id',
    gid: 'integer',
    user: 'integer',
    silenced: 'integer',
    ctime: 'integer',
  }).execute()
  await index(db, 'im_group', ['app', 'gid']).execute()
  await index(db, 'im_group_member', ['gid', 'user']).unique().execute()
  await index(db, 'im_group_member', ['user']).execute()
  await table(db, 'im_room', {
    id: 'id',
    app: 'integer',
    owner: 'integer',
    name: 'text',
    description: 'text',
    flag: 'integer',
    members: 'integer',
    ctime: 'integer',
    mtime: 'integer',
  }).execute()
  await index(db, 'im_room', ['app', 'id']).execute()
  await table(db, 'im_room_member', {
    id: 'id',
    room: 'integer',
    user: 'integer',
    forbidden: 'integer',
    ctime: 'integer',
  }).execute()
  await index(db, 'im_room_member', ['room', 'user']).unique().execute()
  await index(db, 'im_room_member', ['room', 'id']).execute()
  await index(db, 'im_room_member', ['user']).execute()
}

async function messages(db: Kysely<unknown>): Promise<void> {
  await table(db, 'im_message', {
    msgid: 'id',
    app: 'integer',
    sender: 'integer',
    target: 'integer',
    target_app: 'integer',
    target_type: 'text',
    target_id: 'text',
    from_type: 'text',
    from_id: 'text',
    from_name: 'text',
    from_platform: 'text',
    msg_type: 'text',
    msg_body: 'text',
    extra: 'text?',
  }).execute()
  await index(db, 'im_message', ['sender', 'msgid']).execute()
  await index(db, 'im_message', ['target', 'msgid']).execute()
  // The history of an app with few messages among millions of another's.
  await index(db, 'im_message', ['app', 'msgid']).execute()
  // What callbacks are looking for. Messages of admins, by far the most, do not pay for it.
  await db.schema
    .createIndex('im_message_of_users')
    .on('im_message')
    .columns(['app', 'msgid'])
    .where(sql.ref('from_type'), '=', sql.lit('user'))
    .execute()
  await table(db, 'im_event', { id: 'counter', app: 'integer', ctime: 'integer', event: 'text' }).execute()
  await index(db, 'im_event', ['app', 'id']).execute()
  await table(db, 'im_retracted', { msgid: 'id', app: 'integer', from_id: 'text' }).execute()
  await table(db, 'im_media', {
    media_id: 'text',
    app: 'integer',
    file: 'text',
    type: 'text',
    name: 'text',
    size: 'integer',
    hash: 'text',
    ctime: 'integer',
  })
    .addPrimaryKeyConstraint('im_media_key', ['media_id'])
    .execute()
}

export const firstTables: Migration = {
  async up(db) {
    await users(db)
    await lists(db)
    await gatherings(db)
    await messages(db)
    await sharedTables(db)
  },
}
