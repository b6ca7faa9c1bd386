import type { Generated } from 'kysely'
import type { Schema } from '../store.ts'
import { firstTables } from './im-first-tables.ts'
import { type SharedTables, TURNS } from './im-shared-tables.ts'

/** An app; big tables carry its small `id` instead of the key. */
export interface AppTable {
  id: Generated<number>
  app_key: string
  /** Messages up to this one have been handed to the app's callback; null: it never had one. */
  callback_msgid: number | null
  /** Events up to this one have been; null: it never wanted any. */
  callback_event: number | null
  /** 1: text messages with a sensitive word are refused. */
  filters_words: 0 | 1
  /** 1: users may register themselves in client apps. */
  sdk_register: 0 | 1
}

/** The next number of something whose numbers are never used again. */
export interface SequenceTable {
  name: string
  next: number
}

/** Keys the server signs with. */
export interface SecretTable {
  name: string
  value: string
}

export interface UserTable {
  id: Generated<number>
  app: number
  username: string
  /** 1: may send over the REST API. */
  admin: 0 | 1
  /** 1: disabled. */
  disabled: 0 | 1
  /** Salted hash, never the password. */
  password: string
  nickname: string | null
  avatar: string | null
  birthday: string | null
  gender: number | null
  signature: string | null
  region: string | null
  address: string | null
  /** JSON text. */
  extras: string | null
  /** 1: do-not-disturb for everything. */
  dnd: 0 | 1
  ctime: number
  mtime: number
}

/** A user that was deleted and whose messages are there still: by its name they are found. */
export interface FormerUserTable {
  /** Id that the user had. */
  id: number
  app: number
  username: string
}

/** A login that was not ended: a device of a user. */
export interface SessionTable {
  user: number
  /** a, i, j or w. */
  platform: string
  since: number
}

/** Up to which message a user has received what was sent to it. */
export interface ReceivedTable {
  user: number
  msgid: number
}

/** Who logged in on which day (UTC+8, days since 1970). */
export interface ActiveTable {
  app: number
  day: number
  user: number
}

/** `user` does not want single messages of `other`. Ids of users. */
export interface BlacklistTable {
  user: number
  other: number
  ctime: number
}

/** Single chats a user has set to do-not-disturb. */
export interface DndUserTable {
  user: number
  other: number
}

/** Groups a user has set to do-not-disturb. */
export interface DndGroupTable {
  user: number
  gid: number
}

/** Groups a user does not want messages of. */
export interface ShieldTable {
  user: number
  gid: number
}

/** `other` is a friend of `user`, and the other way round in a row of its own. */
export interface FriendTable {
  user: number
  other: number
  note_name: string | null
  others: string | null
  ctime: number
}

/** A word that text messages may not contain. */
export interface WordTable {
  /** Rises with the time of adding. */
  id: Generated<number>
  app: number
  word: string
  itime: number
}

export interface GroupTable {
  gid: number
  app: number
  /** Id of a user. */
  owner: number
  name: string
  description: string
  avatar: string | null
  /** 1 private, 2 public. */
  flag: number
  ctime: number
  mtime: number
}

export interface GroupMemberTable {
  /** Rises with the time of joining, so it orders members by how long they have been there. */
  id: Generated<number>
  gid: number
  user: number
  silenced: 0 | 1
  /** When it joined. */
  ctime: number
}

export interface RoomTable {
  id: number
  app: number
  owner: number
  name: string
  description: string
  /** 1: only the owner and admins may post. */
  flag: number
  /** How many are inside. */
  members: number
  ctime: number
  mtime: number
}

export interface RoomMemberTable {
  /** Rises with the time of entering. */
  id: Generated<number>
  room: number
  user: number
  forbidden: 0 | 1
  ctime: number
}

/** One number for a user, group or room that messages go to: far cheaper to index than type and name. */
export const targetKey = (type: 'single' | 'group' | 'chatroom', id: number): number =>
  id * 4 + targetKinds[type]
export const targetKinds = { single: 0, group: 1, chatroom: 2 } as const
/** What a {@link targetKey} says of its kind. */
export const targetKind = (target: number): keyof typeof targetKinds =>
  (['single', 'group', 'chatroom'] as const)[target % 4] ?? 'chatroom'

/** Every message that was taken and not retracted. */
export interface MessageTable {
  /** Tells when the message was taken, too. */
  msgid: number
  /** App of the sender. */
  app: number
  /** Id of the sender: a user of the same name who comes later is someone else. */
  sender: number
  /** {@link targetKey} of the receiver, group or room. */
  target: number
  target_app: number
  target_type: string
  target_id: string
  from_type: string
  from_id: string
  /** Nickname or username of the sender at that time. */
  from_name: string
  from_platform: string
  msg_type: string
  /** JSON text. */
  msg_body: string
  /** JSON text of what few messages say: names, and how to show and keep it. */
  extra: string | null
}

/** What is remembered of a retracted message: enough to say so. */
export interface RetractedTable {
  msgid: number
  app: number
  from_id: string
}

/** Something that members or users are told of. */
export interface EventTable {
  /** Rises, and is never used again. */
  id: Generated<number>
  app: number
  ctime: number
  /** JSON text. */
  event: string
}

/** An uploaded file; its bytes lie beside an SQLite database, and in one of PostgreSQL. */
export interface MediaTable {
  media_id: string
  app: number
  file: string
  type: string
  name: string
  size: number
  hash: string
  ctime: number
}

export interface ImDatabase extends SharedTables {
  im_app: AppTable
  im_sequence: SequenceTable
  im_secret: SecretTable
  im_user: UserTable
  im_former_user: FormerUserTable
  im_session: SessionTable
  im_received: ReceivedTable
  im_active: ActiveTable
  im_blacklist: BlacklistTable
  im_dnd_user: DndUserTable
  im_dnd_group: DndGroupTable
  im_shield: ShieldTable
  im_friend: FriendTable
  im_word: WordTable
  im_group: GroupTable
  im_group_member: GroupMemberTable
  im_room: RoomTable
  im_room_member: RoomMemberTable
  im_message: MessageTable
  im_retracted: RetractedTable
  im_event: EventTable
  im_media: MediaTable
}

/** Tables of the IM server. */
export const imSchema: Schema<ImDatabase> = {
  name: 'im',
  migrations: { '0001-tables': firstTables },
  turns: TURNS,
  filled: ['im_group_member.since', 'im_room_member.since'],
}
