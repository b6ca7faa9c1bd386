import { AppError } from '../../../base/errors.ts'
import type { BotSpec, PluginSpec } from '../../options.ts'
import type { AnyService } from './service.ts'

/** Why the plugins of a bot cannot be loaded. */
export interface ServiceProblem {
  /** Whose: the name of an instance, or, in the choice of the bot's file, of a service. */
  readonly at: readonly ['plugins' | 'services', string]
  /** As the rest of a sentence that starts with whose it is. */
  readonly message: string
  readonly hint: string
}

export interface ServicePlan {
  /** Each after those that provide what it needs or wants; else as they were. */
  readonly order: readonly PluginSpec[]
  readonly problems: readonly ServiceProblem[]
  /** Which instance provides what an instance needs and wants, by the names of the services. */
  sourcesOf(plugin: string): ReadonlyMap<string, string>
}

/** A plugin that could provide a service, for people. */
export interface PossibleProvider {
  readonly bot: string
  readonly plugin: Pick<PluginSpec, 'definition'>
}

const NOTHING: ReadonlyMap<string, string> = new Map()

/**
 * Finds out who provides what plugins of a bot need, and in which order they are loaded.
 *
 * @param known  plugins of all bots: which could provide what is missing
 */
export function planServices(
  { plugins, services: chosen = {} }: Pick<BotSpec, 'plugins' | 'services'>,
  known: readonly PossibleProvider[] = [],
): ServicePlan {
  const problems: ServiceProblem[] = []
  const sources = new Map<string, ReadonlyMap<string, string>>()
  const providersOf = (service: string) =>
    plugins.filter(({ definition }) => has(definition.provides, service)).map(({ name }) => name)
  for (const [service, name] of Object.entries(chosen)) {
    const providers = providersOf(service)
    if (!providers.includes(name)) problems.push(wrongChoice(service, name, providers))
  }
  for (const { name, definition, isolation } of plugins) {
    const { needs = [], wants = [], provides = [] } = definition
    if (isolation === 'worker' && needs.length + provides.length > 0) {
      problems.push(inThread(name, needs[0] ?? provides[0]!, needs.length > 0))
      continue
    }
    // In a thread, what is wanted is not there.
    if (isolation === 'worker' || needs.length + wants.length === 0) continue
    const own = new Map<string, string>()
    for (const { service } of [...needs, ...wants]) {
      const providers = providersOf(service)
      const choice = chosen[service]
      const source = choice ?? providers[0]
      if (source !== undefined) own.set(service, source)
      if (providers.length > 1 && choice === undefined) problems.push(unclear(name, service, providers))
      if (source === undefined && has(needs, service)) problems.push(missing(name, service, known))
    }
    sources.set(name, own)
  }
  const order = inOrder(plugins, sources, problems)
  return { order, problems, sourcesOf: plugin => sources.get(plugin) ?? NOTHING }
}

/** @throws AppError `service.plan` when the plugins of a bot do not fit together */
export function demandServices(spec: Pick<BotSpec, 'id' | 'plugins' | 'services'>): void {
  const problem = planServices(spec).problems[0]
  if (!problem) return
  const [kind, name] = problem.at
  const whose = kind === 'plugins' ? `plugin ${name}` : `services.${name}`
  throw new AppError(`bot ${spec.id}: ${whose} ${problem.message}`, {
    code: 'service.plan',
    hint: problem.hint,
  })
}

function inOrder(
  plugins: readonly PluginSpec[],
  sources: ReadonlyMap<string, ReadonlyMap<string, string>>,
  problems: ServiceProblem[],
): readonly PluginSpec[] {
  if (sources.size === 0) return plugins
  const byName = new Map(plugins.map(plugin => [plugin.name, plugin]))
  const ordered = new Set<PluginSpec>()
  const path: string[] = []
  const told = new Set<string>()
  const visit = (plugin: PluginSpec) => {
    if (ordered.has(plugin)) return
    const { name } = plugin
    const since = path.indexOf(name)
    if (since >= 0) {
      const ring = path.slice(since)
      if (!ring.some(one => told.has(one))) problems.push(ringOf(ring))
      for (const one of ring) told.add(one)
      return
    }
    path.push(name)
    for (const source of sources.get(name)?.values() ?? []) {
      const provider = byName.get(source)
      if (provider) visit(provider)
    }
    path.pop()
    ordered.add(plugin)
  }
  for (const plugin of plugins) visit(plugin)
  return [...ordered]
}

const has = (services: readonly AnyService[] | undefined, service: string): boolean =>
  services?.some(one => one.service === service) ?? false

const ringOf = (ring: readonly string[]): ServiceProblem => ({
  at: ['plugins', ring[0]!],
  message: `is in a ring: ${[...ring, ring[0]].join(' → ')}, each needs a service of the next`,
  hint: 'None of them can be loaded first: put what they share into a plugin of its own.',
})

const missing = (name: string, service: string, known: readonly PossibleProvider[]): ServiceProblem => {
  const possible = known.filter(({ plugin }) => has(plugin.definition.provides, service))
  const named = new Map(possible.map(({ bot, plugin }) => [plugin.definition.name, bot]))
  const list = [...named].map(([plugin, bot]) => `${plugin} (which bot ${bot} has)`).join(', ')
  return {
    at: ['plugins', name],
    message: `needs the service '${service}', which no plugin of this bot provides`,
    hint:
      named.size > 0
        ? `add one that does to plugins: ${list}`
        : 'add a plugin to plugins that provides it; none of those in use does',
  }
}

const unclear = (name: string, service: string, providers: readonly string[]): ServiceProblem => ({
  at: ['plugins', name],
  message: `uses the service '${service}', which ${providers.join(' and ')} provide`,
  hint: `say which it is to be, beside plugins: services: { ${service}: ${providers[0]} }`,
})

const wrongChoice = (service: string, name: string, providers: readonly string[]): ServiceProblem => ({
  at: ['services', service],
  message: `is to be provided by ${name}, which does not`,
  hint: providers.length > 0 ? `those that do: ${providers.join(', ')}` : 'no plugin of this bot provides it',
})

const inThread = (name: string, { service }: AnyService, isNeed: boolean): ServiceProblem => ({
  at: ['plugins', name],
  message: `${isNeed ? 'needs' : 'provides'} the service '${service}', and runs in a thread of its own`,
  hint: 'services do not reach into threads: take isolation: none for it',
})
