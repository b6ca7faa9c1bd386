import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { PluginDefinition } from '../../runtime/plugin/define.ts'
import { appProblems } from './app-problems.ts'
import type { LoadedConfig } from './load.ts'
import { type LoadedBot, type PluginSettings, pluginsOf, sharedUsernames } from './load-bots.ts'
import { ConfigError, type Problem } from './problem.ts'
import { type MainConfig, resolveMain } from './resolve.ts'
import { BotFile, MainFile, type PluginEntry } from './schema.ts'
import { Name } from './schema-fields.ts'
import { validate } from './validate.ts'
import { valueFile } from './value-file.ts'
import type { YamlFile } from './yaml-file.ts'

/** A plugin of a bot, as a program gives it. */
export interface InlinePlugin
  extends Pick<NonNullable<z.input<typeof PluginEntry>>, 'enabled' | 'isolation' | 'limits'> {
  readonly use: PluginDefinition
  /** Name of the instance. Default: the plugin's. */
  readonly name?: string
  /** Its settings, as they would be in a bot's file. */
  readonly config?: unknown
  /** Where it can be loaded from: for `isolation: 'worker'`, as its thread loads it by itself. */
  readonly file?: string
}

/** A bot, as a program gives it: its fields are those of a bot's file. */
export interface InlineBot extends Omit<z.input<typeof BotFile>, 'plugins'> {
  /** As the name of its file would be: in the addresses of its webhooks, among others. */
  readonly id: string
  readonly plugins?: readonly InlinePlugin[]
}

/** A configuration, as a program gives it: its fields are those of config.yaml. */
export interface InlineConfig extends Omit<z.input<typeof MainFile>, 'bots' | 'plugins' | 'listen'> {
  readonly bots: readonly InlineBot[]
}

const MAIN = 'createBeadle'
const IN_MEMORY = ':memory:'
const SHAPE = z.array(z.looseObject({ id: Name, plugins: z.array(z.looseObject({})).default([]) })).min(1)

/**
 * Checks a configuration as that of files is checked. Relative paths start at `folder`; nothing is read from the
 * environment.
 *
 * @throws ConfigError with every problem, but those of plugins' settings
 */
export function inlineConfig({ bots, ...rest }: InlineConfig, folder: string): LoadedConfig {
  const file = valueFile(MAIN, { ...rest, bots })
  const checked = validate(valueFile(MAIN, rest), MainFile)
  const shape = validate(file, SHAPE, ['bots'])
  const problems = [...(checked.problems ?? []), ...(shape.problems ?? [])]
  const written = checked.value
  if (!written || !shape.value) throw new ConfigError(problems)
  const main = inMemory(resolveMain(written, folder), written)
  const loaded = bots.map(bot => loadBot(bot, problems)).filter(bot => bot !== undefined)
  problems.push(...twice(loaded), ...sharedUsernames(loaded), ...appProblems(file, main, loaded))
  if (problems.length > 0) throw new ConfigError(problems)
  return { path: join(folder, MAIN), file, main, written, bots: loaded }
}

/** What stands for a folder there stands for no folder. */
function inMemory(main: MainConfig, { data, database }: MainFile): MainConfig {
  if (data !== IN_MEMORY) return main
  return { ...main, data, database: database === undefined ? IN_MEMORY : main.database }
}

function loadBot({ id, plugins = [], ...fields }: InlineBot, problems: Problem[]): LoadedBot | undefined {
  const named = plugins.map(plugin => ({ ...plugin, name: plugin.name ?? plugin.use?.name ?? '' }))
  const settings = Object.fromEntries(named.map(({ name, config }) => [name, config ?? {}]))
  const entries = named.map(({ name, enabled, isolation, limits }) => [name, { enabled, isolation, limits }])
  const checkable = { ...fields, plugins: Object.fromEntries(entries) }
  const file = valueFile(`${MAIN} bots.${id}`, { ...fields, plugins: settings })
  const wrong = pluginProblems(named, file)
  const checked = validate(valueFile(file.path, checkable), BotFile)
  problems.push(...wrong, ...(checked.problems ?? []))
  if (!checked.value || wrong.length > 0) return undefined
  const pluginSettings = pluginsOf(checked.value).map(withDefinition(named, settings))
  const isLost = pluginSettings.find(({ isolation, given }) => isolation === 'worker' && !given?.file)
  if (isLost)
    problems.push(problem(file, isLost.instance, 'needs its file for isolation: worker', NEEDS_FILE))
  return { id, file, config: checked.value, pluginSettings }
}

const NEEDS_FILE = 'a thread loads the plugin by itself: give file, or leave isolation out'

type Named = InlinePlugin & { readonly name: string }

const withDefinition =
  (named: readonly Named[], settings: Readonly<Record<string, unknown>>) =>
  (plugin: PluginSettings): PluginSettings => {
    const { use: definition, file } = named.find(({ name }) => name === plugin.instance)!
    const given = { definition, file: file === undefined ? undefined : resolve(file) }
    return { ...plugin, settings: settings[plugin.instance], given }
  }

function pluginProblems(named: readonly Named[], file: YamlFile): Problem[] {
  return named.flatMap(({ name, use }, at) => {
    if (typeof use?.setup !== 'function' || typeof use.name !== 'string') {
      return [problem(file, String(at), 'has no use that is a plugin', 'use: what definePlugin returned')]
    }
    const isTwice = named.findIndex(other => other.name === name) < at
    return isTwice ? [problem(file, name, 'is there twice', 'give one of them another name')] : []
  })
}

const problem = (file: YamlFile, plugin: string, message: string, hint: string): Problem => ({
  ...{ file: file.path, line: 0, column: 0, field: `plugins.${plugin}`, message, hint },
})

const twice = (bots: readonly LoadedBot[]): Problem[] =>
  bots
    .filter(({ id }, at) => bots.findIndex(other => other.id === id) < at)
    .map(({ id }) => ({
      ...{ file: MAIN, line: 0, column: 0, field: 'bots', message: `has two bots of the id ${id}` },
      hint: 'give one of them another id',
    }))
