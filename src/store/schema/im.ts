import type { Generated } from 'kysely'
import type { Schema } from '../store.ts'
import { firstTables } from './im-first-tables.ts'

/** An app; big tables carry its small `id` instead of the key. */
export interface AppTable {
  id: Generated<number>
  app_key: string
  /** Messages up to this one have been handed to the app's callback; null: it never had one. */
  callback_msgid: number | null
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
}

export interface RoomTable {
  id: number
  app: number
  owner: number
  name: string
  description: string
  /** 1: only the owner and admins may post. */
  flag: number
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

/** An uploaded file; its bytes lie beside the database. */
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

export interface ImDatabase {
  im_app: AppTable
  im_sequence: SequenceTable
  im_secret: SecretTable
  im_user: UserTable
  im_blacklist: BlacklistTable
  im_dnd_user: DndUserTable
  im_dnd_group: DndGroupTable
  im_group: GroupTable
  im_group_member: GroupMemberTable
  im_room: RoomTable
  im_room_member: RoomMemberTable
  im_message: MessageTable
  im_retracted: RetractedTable
  im_media: MediaTable
}

/** Tables of the IM server. */
export const imSchema: Schema<ImDatabase> = {
  name: 'im',
  migrations: { '0001-first-tables': firstTables },
}
