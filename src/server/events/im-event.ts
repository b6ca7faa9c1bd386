import type { ImEventType } from '../../protocol/index.ts'

/** Who gets something: these users, the members of a group, or the users in a room. */
export interface Audience {
  /** Id of the app that `usernames` belong to, and `except`. */
  readonly app: number
  readonly usernames?: readonly string[]
  /** Its members, of whatever app. */
  readonly gid?: number
  readonly room?: number
  /** Those who were members until now, of the app they belong to. */
  readonly gone?: { readonly app: number; readonly usernames: readonly string[] }
  /** The sender, who is told nothing. */
  readonly except?: string
}

/** Something that happened, as the SDKs number it (Web SDK, events). */
export interface ImEvent {
  readonly event_type: ImEventType
  readonly extra?: number
  readonly gid?: number
  readonly msgids?: readonly number[]
  readonly from_username?: string
  readonly to_username_list?: readonly string[]
  readonly new_owner?: string
  readonly description?: string
  readonly ctime: number
}
