import { dirname } from 'node:path'
import { type Cancel, type Clock, systemClock } from '../../base/clock.ts'
import { formatDuration } from '../../base/duration.ts'
import { silentLog } from '../../base/log.ts'
import { createClient, type Transport, TransportError } from '../../client/index.ts'
import type { AppOptions } from '../../runtime/apps.ts'
import { CORE_PLUGIN } from '../../runtime/bot/lift.ts'
import type { BotSpec, PluginSpec } from '../../runtime/options.ts'
import { Runtime } from '../../runtime/runtime.ts'
import { nextOccurrence, parseCron } from '../../runtime/sources/cron/occurrences.ts'
import { openStore } from '../../store/index.ts'
import { runtimeSchema } from '../../store/schema/runtime.ts'
import { reachable } from '../client-options.ts'
import { appsOf, type LoadedConfig, type MainConfig } from '../config/index.ts'
import { inShadow, type Plan, type PlannedBot, type PlannedSchedule, type PlanProblem } from './plan.ts'

export type { Plan, PlannedBot, PlannedSchedule, PlanProblem } from './plan.ts'

/** So long a plugin may take to be set up. */
const SETUP_MS = 10_000
const SHOWN_FIRINGS = 3

export interface LookOptions {
  readonly clock?: Clock
  readonly setupMs?: number
}

/** What the plugins of all bots come to: see {@link lookAtPlugins}. */
export async function makePlan(
  config: LoadedConfig,
  bots: readonly BotSpec[],
  { clock = systemClock, ...options }: LookOptions = {},
): Promise<Plan> {
  const look = (runtime: Runtime) => bots.map(bot => planned(runtime, bot, config.main, clock.now()))
  const { seen, problems } = await lookAtPlugins({ config, bots, look }, { clock, ...options })
  return { bots: seen, problems }
}

/**
 * Sets the plugins of all bots up, looks at what they register, and takes them down again. They get a bot in the shadow
 * and a memory that is empty: neither the database nor JMessage is touched. What a plugin does by itself in its `setup`,
 * such as opening a connection, it does here too.
 */
export async function lookAtPlugins<Seen>(
  what: {
    readonly config: LoadedConfig
    readonly bots: readonly BotSpec[]
    readonly look: (runtime: Runtime) => Seen
  },
  { clock = systemClock, setupMs = SETUP_MS }: LookOptions = {},
): Promise<{ readonly seen: Seen; readonly problems: readonly PlanProblem[] }> {
  const { config, bots, look } = what
  const store = await openStore(runtimeSchema, { url: ':memory:' })
  const apps = appsOf(config.main).map(({ name, appKey, masterSecret }): AppOptions => {
    const client = createClient({
      endpoint: 'http://nowhere.invalid',
      appKey,
      masterSecret,
      transport: NOWHERE,
    })
    return { name, appKey, masterSecret, client }
  }) as [AppOptions, ...AppOptions[]]
  const bare = bots.map(bot => inShadow(bot, []))
  const runtime = new Runtime({
    store,
    apps,
    baseDir: dirname(config.path),
    bots: bare,
    log: silentLog,
    clock,
  })
  try {
    await runtime.start()
    // Nothing is to fire while it is looked at.
    await runtime.schedules.pause()
    await runtime.jobs.stop()
    const problems = await setUpAll(runtime, bots, setupMs)
    return { seen: look(runtime), problems }
  } finally {
    await runtime.stop(0)
    await store.close()
  }
}

const NOWHERE: Transport = {
  send: async () => {
    throw new TransportError('JMessage is not asked while plugins are only looked at', 'before')
  },
  close: async () => {},
}

/** One plugin after the other, so that one which fails is told of, and the others are seen all the same. */
async function setUpAll(runtime: Runtime, bots: readonly BotSpec[], setupMs: number): Promise<PlanProblem[]> {
  const problems: PlanProblem[] = []
  const now = bots.map(bot => ({ bot, plugins: [] as PluginSpec[] }))
  const apply = () => runtime.apply(now.map(({ bot, plugins }) => inShadow(bot, plugins)))
  let late: string | undefined
  for (const { bot, plugins } of now) {
    for (const plugin of bot.plugins) {
      const about = { bot: bot.id, plugin: plugin.name }
      if (late !== undefined) {
        problems.push({ ...about, message: `was not looked at, as ${late} is still being set up` })
        continue
      }
      plugins.push(plugin)
      const applied = await within(setupMs, apply())
      if (applied === undefined) {
        late = `${bot.id}/${plugin.name}`
        problems.push({ ...about, message: `takes longer than ${formatDuration(setupMs)} to be set up` })
      } else if (applied.problems.length > 0) {
        plugins.pop()
        problems.push({ ...about, message: applied.problems[0]!.error.message })
      }
    }
  }
  return problems
}

/** `undefined` when it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let cancel: Cancel = () => {}
  const late = new Promise<undefined>(resolve => {
    cancel = systemClock.after(ms, () => resolve(undefined))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

function planned(runtime: Runtime, { id, plugins }: BotSpec, main: MainConfig, now: number): PlannedBot {
  const base = main.publicUrl ?? listeningAt(main)
  const schedules = runtime.schedules.all.filter(({ bot }) => bot === id)
  const commands = plugins
    .filter(({ name }) => name !== CORE_PLUGIN)
    .flatMap(({ name }) => runtime.host.instance(id, name)?.commands.all ?? [])
  return {
    id,
    webhooks: runtime.webhooks.paths
      .filter(path => path.startsWith(`/hooks/${id}/`))
      .map(path => ({ path, url: base + path })),
    schedules: schedules.map(({ plugin, name, expression, timezone }) => ({
      ...{ plugin, name, expression, timezone },
      next: firingsOf(expression, timezone, now, SHOWN_FIRINGS),
    })),
    commands: commands.map(({ pattern, options }) => ({
      name: pattern.name,
      roles: [options.role ?? []].flat(),
    })),
  }
}

/** Where this machine reaches what `listen` says. */
export const listeningAt = ({ listen: { host, port } }: Pick<MainConfig, 'listen'>): string =>
  `http://${reachable(host)}:${port}`

/** When a schedule fires after a moment, epoch ms. */
export function firingsOf(
  expression: PlannedSchedule['expression'],
  timezone: string,
  after: number,
  most: number,
): number[] {
  const fields = parseCron(expression)
  const firings: number[] = []
  for (let at: number | undefined = after; firings.length < most; ) {
    at = nextOccurrence(fields, timezone, at)
    if (at === undefined) break
    firings.push(at)
  }
  return firings
}
