import { DEFAULT_LANGUAGE, generalOf, type Language } from './language.ts'

/** Texts by their keys. What stands in braces is filled in: `{seconds} seconds left`. */
export type Catalog = Readonly<Record<string, string>>

/** What is filled into a text: `{ seconds: string | number }`; nothing for one without braces. */
export type ValuesOf<Text extends string> = string extends Text
  ? Readonly<Record<string, string | number>>
  : { readonly [Name in NamesIn<Text>]: string | number }

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never

/** The arguments that `t` takes after a key: values, where the text has places for some. */
export type FillIn<Text extends string> = string extends Text
  ? [values?: Readonly<Record<string, string | number>>]
  : [NamesIn<Text>] extends [never]
    ? []
    : [values: ValuesOf<Text>]

/** Says a text in a language. */
export type Say<En extends Catalog> = <Key extends keyof En & string>(
  key: Key,
  ...values: FillIn<En[Key]>
) => string

/** Texts by language. English has every key; where another language has none of a key, English is said. */
export type ByLanguage<En extends Catalog = Catalog> = { readonly en: En } & Readonly<
  Record<Language, Partial<Record<keyof En, string>>>
>

/** Texts in several languages. */
export interface Texts<En extends Catalog = Catalog> {
  /** By language; `en` has every key. */
  readonly languages: Readonly<Record<Language, Partial<Record<keyof En & string, string>>>>
  /** Says them in a language: `zh-TW` as `zh`, what is missing in English. */
  in(language: Language): Say<En>
}

/**
 * Declares texts. English has every key, and Chinese has to have the same; other languages may have some of them.
 *
 * @example
 *   const texts = defineTexts({ en: { left: '{n} seconds left' }, zh: { left: '还有 {n} 秒' } })
 *   texts.in('zh')('left', { n: 3 })
 */
export function defineTexts<const En extends Catalog>(
  languages: { readonly zh: { readonly [Key in keyof En]: string } } & ByLanguage<En>,
): Texts<En> {
  return textsIn<En>(languages)
}

/** Texts that were found to be right, or are known to be. */
export function textsIn<En extends Catalog>(languages: ByLanguage<En>): Texts<En> {
  const known = new Map<Language, Say<En>>()
  return {
    languages: languages as Texts<En>['languages'],
    in(language) {
      let say = known.get(language)
      if (!say) {
        say = sayIn(languages as Texts<En>['languages'], language)
        // Tags come from outside, such as zh-TW or zh-anything: nobody makes this grow.
        if (Object.hasOwn(languages, language)) known.set(language, say)
      }
      return say
    },
  }
}

function sayIn<En extends Catalog>(languages: Texts<En>['languages'], language: Language): Say<En> {
  const fallbacks = [languages[language], languages[generalOf(language)], languages[DEFAULT_LANGUAGE]]
  return (key, ...[values]) => {
    const text = fallbacks.find(texts => texts?.[key] !== undefined)?.[key] ?? key
    return values ? fillIn(text, values) : text
  }
}

const PLACE = /\{([^{}\s]+)\}/g

/** The names in braces of a text, each once. */
export const placesIn = (text: string): readonly string[] => [
  ...new Set(Array.from(text.matchAll(PLACE), ([, name]) => name!)),
]

/** What has no value stays as it is written. */
export const fillIn = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(PLACE, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole))
