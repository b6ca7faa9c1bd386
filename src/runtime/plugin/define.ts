import type { z } from 'zod'
import { AppError } from '../../base/errors.ts'
import { compareTexts, isGap } from '../texts/compare.ts'
import { isLanguage } from '../texts/language.ts'
import type { Localised } from '../texts/localised.ts'
import type { ByLanguage, Catalog } from '../texts/texts.ts'
import type { Speaking } from '../texts/translate.ts'
import type { PluginContext } from './context.ts'
import type { Undo } from './effects.ts'
import type { AnyService, ServiceAccess } from './services/service.ts'

type Some = readonly AnyService[]

/** A plugin, as its module exports it by default. */
export interface PluginDefinition<
  Config extends z.ZodType = z.ZodType,
  Needs extends Some = Some,
  Wants extends Some = Some,
  Provides extends Some = Some,
  En extends Catalog = Catalog,
> {
  /** Letters, digits and `-`. */
  readonly name: string
  readonly description?: Localised
  /**
   * What it says, by language and key; `t` in the contexts of its handlers says it in the language of who is talked
   * with. English has every key; what another language lacks is said in English.
   */
  readonly texts?: ByLanguage<En>
  /** What its settings in a bot's file have to be. Gives validation, defaults and the type of `config`. */
  readonly config?: Config
  /** Services of other plugins of the bot, without which it cannot work; those plugins are loaded before it. */
  readonly needs?: Needs
  /** Services that it uses where a plugin of the bot provides them. */
  readonly wants?: Wants
  /** Services that it provides, each by `ctx.provide`. */
  readonly provides?: Provides
  /** Registers what the plugin does. What it returns is called when the plugin is unloaded. */
  setup(
    ctx: PluginContext<Speaking<{ readonly en: En }>> & ServiceAccess<Needs, Wants, Provides>,
    config: z.output<Config>,
  ): void | Undo | Promise<void | Undo>
}

/**
 * Declares a plugin. Its settings are typed by its `config`, the services that it uses by what it says of them, and `t` by
 * its `texts`.
 *
 * @throws AppError `plugin.texts`
 */
export function definePlugin<
  Config extends z.ZodType = z.ZodType<Record<string, never>>,
  const Needs extends Some = readonly [],
  const Wants extends Some = readonly [],
  const Provides extends Some = readonly [],
  const En extends Catalog = Record<never, never>,
>(definition: PluginDefinition<Config, Needs, Wants, Provides, En>): PluginDefinition<Config> {
  checkTexts(definition)
  return Object.freeze(definition) as PluginDefinition<Config>
}

/** Plugins may be written in plain JavaScript: what comes is not what the types say. */
function checkTexts({ name, texts }: { readonly name: string; readonly texts?: unknown }): void {
  if (texts === undefined) return
  const isMap = (value: unknown): value is Record<string, never> =>
    typeof value === 'object' && value !== null
  if (!isMap(texts) || !Object.values(texts).every(isMap) || !Object.hasOwn(texts, 'en'))
    throw wrongTexts(name, ["they must be maps of texts, and 'en' one of them"])
  const odd = Object.keys(texts).find(language => !isLanguage(language))
  if (odd !== undefined) throw wrongTexts(name, [`'${odd}' must be a language such as en or zh`])
  const wrong = compareTexts(texts).filter(difference => !isGap(difference))
  if (wrong.length > 0)
    throw wrongTexts(
      name,
      wrong.map(({ message }) => message),
    )
}

/** What other languages lack that English has, as sentences. */
export const gapsOf = ({ texts = { en: {} } }: Pick<PluginDefinition, 'texts'>): readonly string[] =>
  compareTexts(texts)
    .filter(isGap)
    .map(({ message }) => message)

const wrongTexts = (plugin: string, problems: readonly string[]): AppError =>
  new AppError(`the texts of plugin ${plugin} are wrong: ${problems.join('; ')}`, {
    code: 'plugin.texts',
    hint: "Write texts: { en: { left: '{n} left' }, zh: { left: '还有 {n} 个' } }.",
  })
