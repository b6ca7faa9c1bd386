import type { MessageRecord, TargetType } from '../../../protocol/index.ts'
import { DEFAULT_LANGUAGE, type Language } from '../../texts/language.ts'
import type { Manners } from '../manners.ts'
import { type Chosen, type LanguageChoices, noChoices } from './language-choices.ts'

/** Languages that a bot's file gives some of those that the bot talks with. */
export interface GivenLanguages {
  /** By gid. */
  readonly groups?: Readonly<Record<string, Language>> | undefined
  /** By the ids of chat rooms. */
  readonly rooms?: Readonly<Record<string, Language>> | undefined
  /** By username. */
  readonly users?: Readonly<Record<string, Language>> | undefined
}

/** Whose language is asked for. With several: that of the group or room, if it has one, else that of the user. */
export interface Addressee {
  readonly user?: string | { readonly id: string } | undefined
  readonly group?: string | number | { readonly id: string } | undefined
  readonly room?: string | number | { readonly id: string } | undefined
}

/** By what languages are known: as conversations are. */
export const languageKey = (type: TargetType, id: string): string => `${type}:${id}`

type Source = readonly [type: TargetType, id: string]

/**
 * In which language a bot talks with whom. In a group or chat room: in that of the place, else in that of who is
 * answered there, else in the bot's. What was chosen in the chat goes over what the bot's file says.
 */
export class Languages {
  /** The bot's own. */
  readonly usual: Language
  readonly #given: GivenLanguages | undefined
  readonly #choices: LanguageChoices

  constructor({ language, languages }: Partial<Manners>, choices: LanguageChoices = noChoices) {
    this.usual = language ?? DEFAULT_LANGUAGE
    this.#given = languages
    this.#choices = choices
  }

  of({ user, group, room }: Addressee): Language | Promise<Language> {
    const sources: Source[] = []
    if (group !== undefined) sources.push(['group', idOf(group)])
    if (room !== undefined) sources.push(['chatroom', idOf(room)])
    if (user !== undefined) sources.push(['single', idOf(user)])
    return this.#first(sources)
  }

  /** Of who is answered where something was said. */
  ofMessage({ target_type, target_id, from_id }: MessageRecord): Language | Promise<Language> {
    // So it is for most bots: each message is asked of.
    if (!this.#given && this.#choices.isNone) return this.usual
    const person: Source = ['single', from_id]
    return this.#first(target_type === 'single' ? [person] : [[target_type, target_id], person])
  }

  /** Of somebody or somewhere that is talked to. */
  ofTarget({ type, id }: { readonly type: TargetType; readonly id: string }): Language | Promise<Language> {
    return this.#first([[type, id]])
  }

  #first(sources: readonly Source[]): Language | Promise<Language> {
    if (sources.length === 0) return this.usual
    const chosen = this.#choices.chosen(sources.map(([type, id]) => languageKey(type, id)))
    return chosen instanceof Promise
      ? chosen.then(known => this.#among(sources, known))
      : this.#among(sources, chosen)
  }

  #among(sources: readonly Source[], chosen: Chosen): Language {
    for (const [type, id] of sources) {
      const language = chosen[languageKey(type, id)] ?? this.#givenTo(type, id)
      if (language !== undefined) return language
    }
    return this.usual
  }

  #givenTo(type: TargetType, id: string): Language | undefined {
    const { groups, rooms, users } = this.#given ?? {}
    const given = type === 'group' ? groups : type === 'chatroom' ? rooms : users
    return given && Object.hasOwn(given, id) ? given[id] : undefined
  }
}

const idOf = (of: string | number | { readonly id: string }): string =>
  typeof of === 'object' ? of.id : String(of)
