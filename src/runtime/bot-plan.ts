import { isDeepStrictEqual } from 'node:util'
import { HEARS_ALL, type Loaded, pluginsOf } from './bots.ts'
import type { BotSpec, PluginSpec } from './options.ts'

/** What has to be done so that a running bot is as it is wanted. */
export interface BotPlan {
  /** It needs other means to do its work with: another account, or to come out of the shadow or go into it. */
  readonly isRenewed: boolean
  readonly load: readonly PluginSpec[]
  readonly unload: readonly string[]
  /** Plugins that stay, with other limits. */
  readonly limit: readonly PluginSpec[]
  /** What a person would say has changed; empty when nothing has. */
  readonly told: readonly string[]
}

/** What of a bot its plugins are set up with, and as what it stands when nothing is said. */
const ofPlugins = { prefix: '/', timezone: 'UTC', roles: {} } as const
const ofMeans = { username: undefined, mode: 'live' } as const

type Defaults = Readonly<Record<string, unknown>>

const differences = (a: BotSpec, b: BotSpec, defaults: Defaults): string[] =>
  Object.entries(defaults).flatMap(([name, usual]) => {
    const key = name as keyof BotSpec
    return isDeepStrictEqual(a[key] ?? usual, b[key] ?? usual) ? [] : [name]
  })

/** @param loaded  what runs for it, by name */
export function planOf(from: BotSpec, loaded: ReadonlyMap<string, Loaded>, to: BotSpec): BotPlan {
  const means = differences(from, to, ofMeans)
  const others = differences(from, to, { ...ofPlugins, hearing: HEARS_ALL })
  const told = [...means, ...others].map(name => (name === 'hearing' ? 'listen' : name))
  const load: PluginSpec[] = []
  const limit: PluginSpec[] = []
  for (const plugin of pluginsOf(to)) {
    const running = loaded.get(plugin.name)
    if (running && !isOther(running.plugin, plugin)) {
      if (differences(running.under, to, { ...ofMeans, ...ofPlugins }).length > 0) load.push(plugin)
      else if (!isDeepStrictEqual(running.plugin.limits ?? {}, plugin.limits ?? {})) {
        limit.push(plugin)
        told.push(`plugin ${plugin.name}: limits`)
      }
    } else {
      load.push(plugin)
      told.push(`plugin ${plugin.name}: ${running ? 'loaded anew' : 'added'}`)
    }
  }
  const wanted = new Set(pluginsOf(to).map(({ name }) => name))
  const unload = [...loaded.keys()].filter(name => !wanted.has(name))
  told.push(...unload.map(name => `plugin ${name}: removed`))
  return { isRenewed: means.length > 0, load, unload, limit, told }
}

/** Whether a plugin has to be set up anew. Its settings are compared as they are written, where that is known. */
const isOther = (a: PluginSpec, b: PluginSpec): boolean =>
  a.definition !== b.definition ||
  a.file !== b.file ||
  (a.isolation ?? 'none') !== (b.isolation ?? 'none') ||
  !isDeepStrictEqual(a.settings ?? a.config, b.settings ?? b.config)
