import type { Language } from '../texts/language.ts'
import type { GivenLanguages } from './language/languages.ts'

/** How a bot talks with people, as its file says: what all of its plugins have in common. */
export interface Manners {
  /** What commands begin with. */
  readonly prefix: string
  /** The bot's nickname, if its file has one: people may call it so. */
  readonly nickname?: string | undefined
  /** IANA zone. */
  readonly timezone: string
  /** Role to usernames. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** In which it talks, where no other is asked for. */
  readonly language: Language
  /** That of some groups, rooms and users. */
  readonly languages?: GivenLanguages | undefined
  /** Whether it tells people of its commands: by `/help`, and by suggestions. Default: `true`. */
  readonly help?: boolean
}

/** Whether a user has a role; owners have every role. */
export const hasRole = ({ roles }: Manners, username: string, role: string): boolean =>
  (roles[role]?.includes(username) || roles.owner?.includes(username)) ?? false

/** Whether a user has one of several roles. If there are none, everybody has. */
export const hasOneOf = (manners: Manners, username: string, roles: readonly string[]): boolean =>
  roles.length === 0 || roles.some(role => hasRole(manners, username, role))
