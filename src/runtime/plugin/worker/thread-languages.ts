import type { LanguageChoices } from '../language/language-choices.ts'
import type { Link } from './link.ts'

/** The languages that people chose, asked of the main thread. */
export const threadLanguages = (link: Link): LanguageChoices => ({
  chosen: keys => link.ask('chosen', [keys]) as ReturnType<LanguageChoices['chosen']>,
})
