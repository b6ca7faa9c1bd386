/** A language tag such as `en` or `zh`. What ships speaks these two; plugins may speak others besides. */
export type Language = string

export const DEFAULT_LANGUAGE = 'en'

/** The languages that everything speaks which ships. */
export const SHIPPED_LANGUAGES = ['en', 'zh'] as const
