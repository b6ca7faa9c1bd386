import { dirname } from 'node:path'
import { z } from 'zod'
import { AppError } from '../base/errors.ts'
import * as publicFace from '../index.ts'
import type { PluginLimits } from '../runtime/dispatch/limits.ts'
import type { BotSpec, PluginSpec } from '../runtime/options.ts'
import { PluginLoader } from '../runtime/plugin/loading/loader.ts'
import type { PluginSources } from '../runtime/plugin/loading/plugin-sources.ts'
import { planServices } from '../runtime/plugin/services/plan-services.ts'
import {
  ConfigError,
  type LoadedBot,
  type LoadedConfig,
  type Problem,
  validatePluginSettings,
} from './config/index.ts'

/**
 * The bots that are switched on, with their plugins loaded and the plugins' settings checked.
 *
 * @param running  bots that are at work: their plugins are not loaded anew, as long as they come of the same file
 * @param sources  notes what they are loaded from; those that are due by it are loaded anew
 * @throws ConfigError with every plugin that is unknown or does not load, and every setting that is wrong
 */
export async function loadBotSpecs(
  { path, main, bots }: LoadedConfig,
  running: readonly BotSpec[] = [],
  sources?: PluginSources,
): Promise<BotSpec[]> {
  const loader = new PluginLoader({ folders: main.plugins, project: dirname(path), publicFace, sources })
  const due = sources?.due
  const problems: Problem[] = []
  const specs: BotSpec[] = []
  /** Those whose plugins are all there. */
  const whole: LoadedBot[] = []
  for (const bot of bots) {
    if (!bot.config.enabled) continue
    const known = running.find(({ id }) => id === bot.id)?.plugins ?? []
    const before = problems.length
    const plugins = await loadPlugins(bot, { loader, known, due, limits: main.limits.plugin }, problems)
    if (problems.length === before) whole.push(bot)
    const { app, username, nickname, avatar, adopt, mode, listen, prefix, timezone, language, help, roles } =
      bot.config
    const { services, languages } = bot.config
    specs.push({
      id: bot.id,
      app,
      username,
      nickname,
      avatar,
      adopt,
      mode,
      hearing: listen,
      prefix,
      timezone,
      language,
      help,
      roles,
      plugins,
      ...(services ? { services } : {}),
      ...(languages ? { languages } : {}),
    })
  }
  problems.push(...whole.flatMap(bot => serviceProblems(bot, specs)))
  if (problems.length > 0) throw new ConfigError(problems)
  return specs
}

/** Why the plugins of a bot do not fit together. */
function serviceProblems({ id, file }: LoadedBot, specs: readonly BotSpec[]): Problem[] {
  const known = specs.flatMap(({ id: bot, plugins }) => plugins.map(plugin => ({ bot, plugin })))
  const { problems } = planServices(specs.find(spec => spec.id === id)!, known)
  return problems.map(({ at, message, hint }) => ({
    ...{ file: file.path, ...file.keyPositionOf([...at]), field: at.join('.'), message, hint },
  }))
}

async function loadPlugins(
  bot: LoadedBot,
  means: {
    readonly loader: PluginLoader
    readonly known: readonly PluginSpec[]
    readonly due: ReadonlyMap<string, number> | undefined
    readonly limits: PluginLimits
  },
  problems: Problem[],
): Promise<PluginSpec[]> {
  const { loader, known, due, limits: usual } = means
  const specs: PluginSpec[] = []
  for (const plugin of bot.pluginSettings) {
    const { instance, use, enabled, isolation, limits, commands, settings, at, given } = plugin
    if (!enabled) continue
    try {
      const file = given ? given.file : loader.find(use)
      const same = file && !due?.has(file) && known.find(one => one.name === instance && one.file === file)
      const definition = given?.definition ?? (same ? same.definition : await loader.load(use))
      const schema = definition.config ?? z.strictObject({})
      const checked = validatePluginSettings(bot.file, at, schema, settings)
      if (checked.problems) problems.push(...checked.problems)
      else {
        const bounds = { limits: { ...usual, ...limits } }
        specs.push({
          name: instance,
          definition,
          config: checked.value,
          settings,
          file,
          isolation,
          ...bounds,
          ...(commands ? { commands } : {}),
        })
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const field = at.join('.')
      const { message, hint } = error
      problems.push({
        file: bot.file.path,
        ...bot.file.keyPositionOf(at),
        field,
        message,
        ...(hint ? { hint } : {}),
        cause: error,
      })
    }
  }
  return specs
}
