/** A language tag such as `en` or `zh`. What ships speaks these two; plugins may speak others besides. */
export type Language = string

/** How tags of languages are written. */
export const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/

/** Whether a text is the tag of a language. */
export function isLanguage(text: string): boolean {
  try {
    return LANGUAGE.test(text) && Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}

/** `zh` of `zh-TW`. */
export const generalOf = (language: Language): Language => language.split('-')[0]!

export const DEFAULT_LANGUAGE = 'en'

/** The languages that everything speaks which ships. */
export const SHIPPED_LANGUAGES = ['en', 'zh'] as const
