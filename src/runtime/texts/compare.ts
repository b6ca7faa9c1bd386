import { DEFAULT_LANGUAGE, generalOf, type Language } from './language.ts'
import { placesIn } from './texts.ts'

/** Where a language has not what English has. */
export interface Difference {
  readonly language: Language
  readonly key: string
  /**
   * `missing`: English is said in its place. `leaves out`: it does not say something that English says. `not a text`,
   * `unknown key` and `unknown place` are never right.
   */
  readonly kind: 'missing' | 'leaves out' | 'not a text' | 'unknown key' | 'unknown place'
  /** As a sentence. */
  readonly message: string
}

type Given = Readonly<Record<Language, Readonly<Record<string, unknown>>>>

/** How other languages differ from English, and what is no text at all. */
export function compareTexts(languages: Given): readonly Difference[] {
  const en = languages[DEFAULT_LANGUAGE] ?? {}
  return Object.entries(languages).flatMap(([language, own]) => {
    const general = generalOf(language)
    // What `zh-TW` does not say by itself, `zh` says.
    const isPart = general !== language && Object.hasOwn(languages, general)
    const keys = new Set([...(isPart ? [] : Object.keys(en)), ...Object.keys(own)])
    return [...keys].flatMap(key => compared(language, key, en, own))
  })
}

function compared(language: Language, key: string, en: Given[string], texts: Given[string]): Difference[] {
  const told = (kind: Difference['kind'], message: string): Difference => ({ language, key, kind, message })
  if (!Object.hasOwn(texts, key)) return [told('missing', `${language} has no text '${key}'`)]
  const text = texts[key]
  if (typeof text !== 'string') return [told('not a text', `'${key}' in ${language} must be a text`)]
  if (!Object.hasOwn(en, key))
    return [told('unknown key', `${language} has '${key}', which ${DEFAULT_LANGUAGE} has not`)]
  const [wanted, has] = [placesIn(String(en[key])), placesIn(text)]
  const unknown = has.filter(name => !wanted.includes(name))
  const left = wanted.filter(name => !has.includes(name))
  return [
    ...unknown.map(name =>
      told('unknown place', `'${key}' in ${language} has {${name}}, which it has not in ${DEFAULT_LANGUAGE}`),
    ),
    ...left.map(name => told('leaves out', `'${key}' in ${language} leaves out {${name}}`)),
  ]
}

/** What English is said in place of, and what is left out: right enough to run with. */
export const isGap = ({ kind }: Difference): boolean => kind === 'missing' || kind === 'leaves out'
