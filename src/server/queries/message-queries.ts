import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { TargetType } from '../../protocol/index.ts'
import { query } from '../../store/index.ts'
import { type ImDatabase, type MessageTable, targetKinds } from '../../store/schema/im.ts'
import { nextNumber, notify } from './numbers.ts'

export type MessageRow = Selectable<MessageTable>

/** A message on its way into the store. */
export interface NewMessage extends Omit<MessageRow, 'from_name' | 'from_type' | 'sender' | 'target'> {
  /** The target's id as a number, for groups and rooms. */
  readonly target_number: number
}

const q = query<ImDatabase>()

/** A message of which only the lowest number is known that it can have, as `msgid`; and the words it was looked through for. */
export interface UnnumberedMessage extends NewMessage {
  /** The `words` of {@link Setting}. */
  readonly words: number
}

/** Where a target is looked for, under the name `target`; what identifies it, and that as a text. */
const targets = {
  single: {
    table: sql`im_user`,
    number: sql`target.id`,
    is: (p: NewMessage) => sql`target.username = ${p.target_id}`,
    id: sql`target.username`,
  },
  group: {
    table: sql`im_group`,
    number: sql`target.gid`,
    is: (p: NewMessage) => sql`target.gid = ${p.target_number}`,
    id: sql`cast(target.gid as text)`,
  },
  chatroom: {
    table: sql`im_room`,
    number: sql`target.id`,
    is: (p: NewMessage) => sql`target.id = ${p.target_number}`,
    id: sql`cast(target.id as text)`,
  },
} as const

/**
 * Stores an admin's message if the admin may send and the target is there, in the one statement; 0 rows mean that one
 * of these fails. Reading a row costs more than writing one, so what is wrong is looked up only then. Binding a value
 * costs too, so what the tables know is taken from them.
 */
const fromAdmin = (type: TargetType, p: NewMessage, msgid: RawBuilder<number>) => {
  const { table, number, is, id } = targets[type]
  return sql`
        insert into im_message (msgid, app, sender, target, target_app, target_type, target_id, from_type, from_id, from_name,
          from_platform, msg_type, msg_body, extra)
        select ${msgid}, sender.app, sender.id, ${number} * 4 + ${sql.lit(targetKinds[type])}, target.app, ${sql.lit(type)}, ${id}, 'admin', sender.username,
          coalesce(sender.nickname, sender.username), 'api', ${p.msg_type}, ${p.msg_body}, ${p.extra}
        from im_user as sender, ${table} as target
        where sender.app = ${p.app} and sender.username = ${p.from_id} and sender.admin = 1 and sender.disabled = 0
          and target.app = ${p.target_app} and ${is(p)}`
}

const insert = (type: TargetType) =>
  q((db, p: NewMessage) => ({ compile: () => fromAdmin(type, p, sql<number>`${p.msgid}`).compile(db) }))

/** Only while the sensitive words are those that the message was looked through for. */
const whileSameWords = (p: UnnumberedMessage) =>
  sql`and ${p.words} = coalesce((select value from im_setting where name = 'words'), 0)`

/** PostgreSQL: as {@link insert}, with the next number; wakes all processes, and answers with the number. */
const insertNumbered = (type: TargetType) =>
  q((db, p: UnnumberedMessage) => ({
    compile: () =>
      sql<{ msgid: number }>`
        with stored as (${fromAdmin(type, p, nextNumber(p.msgid))} ${whileSameWords(p)} returning msgid)
        select msgid, ${notify(sql`''`)} from stored
      `.compile(db),
  }))

/** For admins, by the type of the target. */
export const insertFromAdmin = {
  single: insert('single'),
  group: insert('group'),
  chatroom: insert('chatroom'),
}

/** As {@link insertFromAdmin}, on PostgreSQL. */
export const insertNumberedFromAdmin = {
  single: insertNumbered('single'),
  group: insertNumbered('group'),
  chatroom: insertNumbered('chatroom'),
}

type Checked = NewMessage & { readonly target: number }
const fromUser = (p: Checked, msgid: RawBuilder<number>) =>
  sql`
      insert into im_message (msgid, app, sender, target, target_app, target_type, target_id, from_type, from_id, from_name,
        from_platform, msg_type, msg_body, extra)
      select ${msgid}, sender.app, sender.id, ${p.target}, ${p.target_app}, ${p.target_type}, ${p.target_id}, 'user', sender.username,
        coalesce(sender.nickname, sender.username), ${p.from_platform}, ${p.msg_type}, ${p.msg_body}, ${p.extra}
      from im_user as sender
      where sender.app = ${p.app} and sender.username = ${p.from_id}`

/** For a user whose rights have been checked. */
export const insertFromUser = q((db, p: Checked) => ({
  compile: () => fromUser(p, sql<number>`${p.msgid}`).compile(db),
}))
/** As {@link insertFromUser}, on PostgreSQL. */
export const insertNumberedFromUser = q((db, p: Checked & UnnumberedMessage) => ({
  compile: () =>
    sql<{ msgid: number }>`
      with stored as (${fromUser(p, nextNumber(p.msgid))} ${whileSameWords(p)} returning msgid, app)
      select msgid, ${notify(sql`cast(app as text)`)} from stored
    `.compile(db),
}))

export const messageById = q((db, p: { app: number; msgid: number }) =>
  db.selectFrom('im_message').selectAll().where('msgid', '=', p.msgid).where('app', '=', p.app),
)
export const retractedById = q((db, p: { app: number; msgid: number }) =>
  db.selectFrom('im_retracted').select('from_id').where('msgid', '=', p.msgid).where('app', '=', p.app),
)
export const deleteMessage = q((db, p: { msgid: number }) =>
  db.deleteFrom('im_message').where('msgid', '=', p.msgid),
)
export const insertRetracted = q((db, p: { msgid: number; app: number; from_id: string }) =>
  db.insertInto('im_retracted').values({ msgid: p.msgid, app: p.app, from_id: p.from_id }),
)
