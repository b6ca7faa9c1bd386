import type { Language } from '../texts/language.ts'

/** How a bot talks with people, as its file says: what all of its plugins have in common. */
export interface Manners {
  /** What commands begin with. */
  readonly prefix: string
  /** IANA zone. */
  readonly timezone: string
  /** Role to usernames. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** In which it talks, where no other is asked for. */
  readonly language: Language
}
