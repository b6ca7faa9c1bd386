import { type Language, SHIPPED_LANGUAGES } from '../../texts/language.ts'
import { excerpt } from '../commands/command-mistakes.ts'
import { conversationOf } from '../commands/command-policy.ts'
import { commandTexts } from '../commands/command-texts.ts'
import { rolesIn } from '../commands/command-words.ts'
import { folded } from '../commands/pattern/command-word.ts'
import type { CommandContext, PluginContext } from '../context.ts'
import type { InstanceDeps } from '../deps.ts'
import type { House } from '../household.ts'
import { StoredLanguages } from '../language/language-choices.ts'
import { hasOneOf } from '../manners.ts'
import { UserError } from '../user-error.ts'
import { inBoth } from './own-commands.ts'

/** Who sets the language of a group or chat room: who switches commands there. */
const ADMINS = ['owner']
/** Said in place of a language, so that none is chosen any more. */
const USUAL = ['default', '默认']

/** Adds `/language`, by which people see and set the language of a chat: in a direct one, their own. */
export function addLanguage(ctx: PluginContext, house: House, deps: InstanceDeps): void {
  const { languages, manners } = deps
  if (!(languages instanceof StoredLanguages)) return
  const options = { description: inBoth('languageDescription'), aliases: ['lang'], names: { zh: '语言' } }
  ctx.command('language [language...]', options, async context => {
    const { args, message, language } = context
    const known = languagesOf(house)
    if (args.language === undefined)
      return commandTexts.in(language)('languageIs', { language: named(language), known: listed(known) })
    if (message.targetType !== 'single' && !hasOneOf(manners, message.sender, ADMINS))
      throw new UserError(refusal(language, `${manners.prefix}language`))
    const chosen = chosenAs(args.language, known, language)
    await languages.set(conversationOf(message), chosen)
    const after = await languageAfter(context)
    return commandTexts.in(after)('languageSet', { language: named(after) })
  })
}

function refusal(language: Language, command: string): string {
  const say = commandTexts.in(language)
  return `${rolesIn(say, command, ADMINS)} ${say('languageOwn')}`
}

const languageAfter = ({ languageOf, user, group, room }: CommandContext<unknown>): Promise<Language> =>
  languageOf({ user, group, room })

/** Those in which something of a bot talks. */
function languagesOf(house: House): readonly Language[] {
  const ofPlugins = house.instances().flatMap(({ definition }) => Object.keys(definition.texts ?? {}))
  return [...new Set([...SHIPPED_LANGUAGES, ...ofPlugins])]
}

/**
 * The language that somebody means; `undefined`: none in particular.
 *
 * @throws UserError when the bot does not speak it
 */
function chosenAs(asked: string, known: readonly Language[], language: Language): Language | undefined {
  const word = folded(asked.trim())
  if (USUAL.includes(word)) return undefined
  const [general] = word.split('-')
  const found =
    tagOf(word, known, word) ??
    tagOf(word, known, general!) ??
    known.find(one => namesOf(one, known).includes(word))
  if (found !== undefined) return found
  const say = commandTexts.in(language)
  throw new UserError(say('languageUnknown', { name: excerpt(asked), known: listed(known) }))
}

/** A tag as it is written, if the language is known that it, or its first part, names: `zh-tw` is `zh-TW`. */
function tagOf(word: string, known: readonly Language[], sought: string): Language | undefined {
  if (!known.some(one => folded(one) === sought)) return undefined
  try {
    return Intl.getCanonicalLocales(word)[0]
  } catch {
    return undefined
  }
}

/** What a language is called, in itself and in the others. */
const namesOf = (language: Language, known: readonly Language[]): readonly string[] =>
  [language, ...known].map(other => folded(nameIn(language, other)))

const nameIn = (language: Language, other: Language): string =>
  new Intl.DisplayNames([other], { type: 'language' }).of(language) ?? language

/** `中文 (zh)`. */
const named = (language: Language): string => `${nameIn(language, language)} (${language})`

const listed = (languages: readonly Language[]): string => languages.map(named).join(', ')
