import type { Clock } from '../../../base/clock.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import { CORE_PLUGIN } from '../../bot/lift.ts'
import type { Language } from '../../texts/language.ts'
import { Fresh } from '../state/fresh.ts'
import { type StateKeep, type StateShelf, storedState } from '../state/state-keep.ts'

/** Languages by whose they are: `single:alice`, `group:10000001`, `chatroom:20000001`. */
export type Chosen = Readonly<Record<string, Language>>

/** The languages that people chose in the chat, for themselves or for a group. */
export interface LanguageChoices {
  /** Whether it is known that nobody chose anything: then nothing need be asked. */
  readonly isNone?: boolean
  /** What was chosen of some. */
  chosen(keys: readonly string[]): Chosen | Promise<Chosen>
}

const NONE: Chosen = {}

/** Nobody ever chose: where nobody can. */
export const noChoices: LanguageChoices = { isNone: true, chosen: () => NONE }

const SHELF: StateShelf = { name: 'languages', isShared: false }

/** The choices of one bot's people, kept in the state of the plugin that every bot has, and in memory for a while. */
export class StoredLanguages implements LanguageChoices {
  readonly #keep: StateKeep
  /** `null`: none was chosen. */
  readonly #known: Fresh<Language | null>
  /** Whether anybody chose at all: while nobody did, there is nothing to look for. */
  readonly #some: Fresh<boolean>
  /** How often something was set: what was read before that is not remembered. */
  #changes = 0

  constructor(keep: StateKeep, clock: Clock) {
    this.#keep = keep
    this.#known = new Fresh(clock)
    this.#some = new Fresh(clock)
  }

  static of(store: Store<RuntimeTables>, clock: Clock, bot: string): StoredLanguages {
    const owner = { bot, plugin: CORE_PLUGIN }
    return new StoredLanguages(storedState({ store, clock, owner, shared: owner }), clock)
  }

  get isNone(): boolean {
    return this.#some.get('') === false
  }

  chosen(keys: readonly string[]): Chosen | Promise<Chosen> {
    const isSome = this.#some.get('')
    if (isSome === false) return NONE
    if (isSome === undefined) return this.#read(keys)
    const languages = keys.map(key => this.#known.get(key))
    return languages.includes(undefined) ? this.#read(keys) : byKey(keys, languages)
  }

  /** @param language  `undefined`: none any more */
  async set(key: string, language: Language | undefined): Promise<void> {
    this.#changes++
    if (language === undefined) await this.#keep.remove(SHELF, key)
    else await this.#keep.write(SHELF, key, JSON.stringify(language))
    this.#changes++
    if (language !== undefined) this.#some.set('', true)
    this.#known.set(key, language ?? null)
  }

  async #read(keys: readonly string[]): Promise<Chosen> {
    const before = this.#changes
    const isSome = (await this.#keep.list(SHELF, { by: 'key', after: '', limit: 1 })).length > 0
    const texts = isSome ? await Promise.all(keys.map(key => this.#keep.read(SHELF, key))) : []
    const languages = texts.map(text => (text === undefined ? null : (JSON.parse(text) as Language)))
    if (before === this.#changes) {
      this.#some.set('', isSome)
      for (const [index, language] of languages.entries()) this.#known.set(keys[index]!, language)
    }
    return byKey(keys, languages)
  }
}

const byKey = (keys: readonly string[], languages: readonly (Language | null | undefined)[]): Chosen =>
  Object.fromEntries(
    keys.flatMap((key, index) => {
      const language = languages[index]
      return language ? [[key, language]] : []
    }),
  )
