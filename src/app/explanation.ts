import { z } from 'zod'
import { MAIN_APP } from '../runtime/apps.ts'
import type { BotSpec } from '../runtime/options.ts'
import { type ExplainedSetting, explainSettings, mainSettings } from './config/explain/index.ts'
import { BotFile, hasEmbedded, type LoadedBot, type LoadedConfig } from './config/index.ts'
import { KnownSecrets, secretsOf } from './hide-secrets.ts'
import { makePlan, type Plan, type PlannedBot } from './plan/make-plan.ts'

/** What a configuration comes to: every setting, and what will happen. Holds no secret. */
export interface Explanation {
  readonly config: { readonly file: string; readonly settings: readonly ExplainedSetting[] }
  readonly bots: readonly ExplainedBot[]
  /** The embedded IM server is started. */
  readonly isServing: boolean
  /** What cannot be set up. */
  readonly problems: Plan['problems']
}

export interface ExplainedBot {
  readonly id: string
  readonly file: string
  readonly app: string
  readonly username: string
  readonly enabled: boolean
  readonly mode: 'live' | 'shadow'
  readonly settings: readonly ExplainedSetting[]
  readonly plugins: readonly ExplainedPlugin[]
  /** Absent where plugins were not set up to be looked at. */
  readonly plan?: PlannedBot
}

export interface ExplainedPlugin {
  readonly name: string
  readonly use: string
  readonly enabled: boolean
  readonly isolation: 'none' | 'worker'
  /** Lengths of time in ms. */
  readonly limits: Readonly<Record<string, number>>
  readonly settings: readonly ExplainedSetting[]
}

/** @param isSetUp  whether plugins are set up to see what they register */
export async function explainConfig(
  config: LoadedConfig,
  bots: readonly BotSpec[],
  { isSetUp }: { readonly isSetUp: boolean },
): Promise<Explanation> {
  const plan = isSetUp ? await makePlan(config, bots) : undefined
  const known = new KnownSecrets(secretsOf(config))
  const explanation: Explanation = {
    config: { file: config.file.path, settings: mainSettings(config) },
    bots: config.bots.map(bot => {
      const spec = bots.find(({ id }) => id === bot.id)
      const planned = plan?.bots.find(({ id }) => id === bot.id)
      return { ...explainBot(bot, spec), ...(planned ? { plan: planned } : {}) }
    }),
    isServing: hasEmbedded(config.main),
    problems: plan?.problems ?? [],
  }
  // Whatever a plugin named by one of its secrets.
  return JSON.parse(JSON.stringify(explanation), (_, value) =>
    typeof value === 'string' ? known.hideLiterals(value) : value,
  )
}

function explainBot(
  { id, file, config, pluginSettings }: LoadedBot,
  spec: BotSpec | undefined,
): ExplainedBot {
  const { app = MAIN_APP, username, enabled, mode } = config
  const settings = explainSettings(file, BotFile.omit({ plugins: true }).loose(), {
    value: { ...(file.value as object), plugins: undefined },
    usual: field => (field === 'app' ? MAIN_APP : undefined),
  })
  const plugins = pluginSettings.map(({ instance, use, enabled, isolation, limits, at, settings }) => {
    const loaded = spec?.plugins.find(({ name }) => name === instance)
    const schema = loaded ? (loaded.definition.config ?? z.strictObject({})) : z.unknown()
    return {
      name: instance,
      ...{ use, enabled, isolation },
      limits: { ...(loaded?.limits ?? limits) },
      settings: explainSettings(file, schema, { at, value: settings }),
    }
  })
  return {
    ...{ id, file: file.path, app, username, enabled, mode },
    settings: settings.filter(({ field }) => field !== 'plugins'),
    plugins,
  }
}
