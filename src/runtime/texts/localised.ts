import { DEFAULT_LANGUAGE, generalOf, type Language } from './language.ts'

/** A text in one language for all, or in several: `{ en: 'Mute somebody', zh: '禁言' }`. */
export type Localised = string | Readonly<Record<Language, string>>

/** Names by language, one or several. */
export type LocalisedNames = Readonly<Record<Language, string | readonly string[]>>

/** What is there for a language: `zh-TW` as `zh`. */
export const ofLanguage = <T>(known: Readonly<Record<Language, T>>, language: Language): T | undefined => {
  const general = generalOf(language)
  if (Object.hasOwn(known, language)) return known[language]
  return Object.hasOwn(known, general) ? known[general] : undefined
}

/** A text in a language, else in English, else in whatever there is. */
export function localised(text: Localised | undefined, language: Language): string | undefined {
  if (text === undefined || typeof text === 'string') return text
  return ofLanguage(text, language) ?? text[DEFAULT_LANGUAGE] ?? Object.values(text)[0]
}

/** All names in a list. */
export const namesIn = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names
