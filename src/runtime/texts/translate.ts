import type { Language } from './language.ts'
import type { Catalog, Say, Texts } from './texts.ts'

declare const TEXTS: unique symbol

/** Says texts of a plugin, in the language of who is talked with: `t('left', { n: 3 })`. */
export interface Translate<En extends Catalog = Catalog> extends Say<En> {
  /** Says them in another language: `t.in(await languageOf({ group }))('left', { n: 3 })`. */
  in(language: Language): Say<En>
  /** Is never there: tells texts apart that have other keys. */
  readonly [TEXTS]?: En
}

/** What the contexts of a plugin's handlers have for its texts. `Given`: the `texts` of the plugin, or their type. */
export interface Speaking<Given extends { readonly en: Catalog }> {
  /** Says texts of the plugin in the `language` of the context. */
  readonly t: Translate<Given['en']>
}

export function translate(texts: Texts, language: Language): Translate {
  const say: Say<Catalog> = (key, ...values) => texts.in(language)(key, ...values)
  return Object.assign(say, { in: texts.in })
}
