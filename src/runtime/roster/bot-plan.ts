import { isDeepStrictEqual } from 'node:util'
import type { BotSpec, PluginSpec } from '../options.ts'
import { planServices } from '../plugin/services/plan-services.ts'
import { CORE, HEARS_ALL, type Loaded } from './bots.ts'

/** What has to be done so that a running bot is as it is wanted. */
export interface BotPlan {
  /** It needs other means to do its work with: another account, or to come out of the shadow or go into it. */
  readonly isRenewed: boolean
  readonly load: readonly PluginSpec[]
  readonly unload: readonly string[]
  /** Of those that are loaded anew: to be undone before others, as they use services of these; the last loaded first. */
  readonly rest: readonly string[]
  /** Plugins that stay, with other limits. */
  readonly limit: readonly PluginSpec[]
  /** What a person would say has changed; empty when nothing has. */
  readonly told: readonly string[]
}

/** As what stands what is left out. */
const USUAL: Partial<BotSpec> = {
  ...{
    mode: 'live',
    hearing: HEARS_ALL,
    prefix: '/',
    timezone: 'UTC',
    language: 'en',
    help: true,
    roles: {},
  },
}
/** What plugins are set up with. */
const OF_PLUGINS: ReadonlySet<string> = new Set(['prefix', 'timezone', 'help', 'roles'])
/** What is set when an account is registered, or is seen to by itself. */
const OTHERS: ReadonlySet<string> = new Set(['nickname', 'avatar', 'adopt', 'plugins', 'services', 'hearing'])

/** Where bots differ, but for the {@link OTHERS}. */
function differences(a: BotSpec, b: BotSpec): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].filter(name => !OTHERS.has(name) && differIn(name as keyof BotSpec, a, b))
}

const differIn = (key: keyof BotSpec, a: BotSpec, b: BotSpec): boolean =>
  !isDeepStrictEqual(a[key] ?? USUAL[key], b[key] ?? USUAL[key])

/** @param loaded  what runs for it, by name */
export function planOf(from: BotSpec, loaded: ReadonlyMap<string, Loaded>, to: BotSpec): BotPlan {
  const told = differences(from, to)
  const isRenewed = told.some(name => !OF_PLUGINS.has(name))
  if (differIn('hearing', from, to)) told.push('listen')
  const load: PluginSpec[] = []
  const limit: PluginSpec[] = []
  const { order, sourcesOf } = planServices(to)
  /** Those whose services are others from now on. */
  const anew = new Set<string>()
  for (const plugin of [CORE, ...order]) {
    const running = loaded.get(plugin.name)
    const sources = sourcesOf(plugin.name)
    const of = [...sources.values()].filter(source => anew.has(source))
    const isElsewhere = running !== undefined && !isDeepStrictEqual(running.sources, sources)
    if (running && !isOther(running.plugin, plugin)) {
      if (of.length > 0 || isElsewhere || running.isResting) {
        load.push(plugin)
        told.push(`plugin ${plugin.name}: loaded anew${of.length > 0 ? `, as ${of.join(', ')} is` : ''}`)
      } else if (differences(running.under, to).length > 0) load.push(plugin)
      else if (!isDeepStrictEqual(running.plugin.limits ?? {}, plugin.limits ?? {})) {
        limit.push(plugin)
        told.push(`plugin ${plugin.name}: limits`)
      }
    } else {
      load.push(plugin)
      told.push(`plugin ${plugin.name}: ${running ? 'loaded anew' : 'added'}`)
    }
    if (load.at(-1) === plugin) anew.add(plugin.name)
  }
  const wanted = new Set([CORE.name, ...order.map(({ name }) => name)])
  const lastFirst = [...loaded.keys()].reverse()
  const unload = lastFirst.filter(name => !wanted.has(name))
  const moving = new Set([...anew, ...unload])
  const rest = lastFirst.filter(
    name => anew.has(name) && [...loaded.get(name)!.sources.values()].some(source => moving.has(source)),
  )
  told.push(...unload.map(name => `plugin ${name}: removed`))
  return { isRenewed, load, unload, rest, limit, told }
}

/** Whether a plugin has to be set up anew. Its settings are compared as they are written, where that is known. */
const isOther = (a: PluginSpec, b: PluginSpec): boolean =>
  a.definition !== b.definition ||
  a.file !== b.file ||
  (a.isolation ?? 'none') !== (b.isolation ?? 'none') ||
  !isDeepStrictEqual(a.commands ?? {}, b.commands ?? {}) ||
  !isDeepStrictEqual(a.settings ?? a.config, b.settings ?? b.config)
