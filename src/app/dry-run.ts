import { dirname } from 'node:path'
import { AppError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { createClient } from '../client/index.ts'
import type { AppOptions } from '../runtime/apps.ts'
import type { Recipient } from '../runtime/events/event.ts'
import type { EventRecord } from '../runtime/events/record.ts'
import { compare, type Difference } from '../runtime/shadow/compare.ts'
import { DryRun } from '../runtime/shadow/dry-run.ts'
import { beside } from './beside.ts'
import { clientOptions } from './client-options.ts'
import { appsOf, type LoadedConfig } from './config/index.ts'
import { type Meant, records } from './events.ts'
import { loadBotSpecs } from './plugins.ts'

export type { Difference }

/** What a plugin would do with an event, beside what it did. */
export interface DryResult {
  readonly event: string
  readonly type: string
  readonly bot: string
  readonly plugin: string
  readonly differences: readonly Difference[]
  /** With which the handler failed. */
  readonly error: string | undefined
}

/** What is handed over without anything being sent or written. */
export type DryReplay = Meant & {
  /** Stored events. */
  readonly ids: readonly string[]
  /** Recorded ones, in place of them. */
  readonly records?: readonly EventRecord[] | undefined
}

/** Hands events to the plugins as they are now, and tells what they would do, event by event. */
export async function dryReplay(
  config: LoadedConfig,
  what: DryReplay,
  tools: { readonly log: Log; readonly tell: (result: DryResult) => void },
): Promise<void> {
  const { log, tell } = tools
  const bots = (await loadBotSpecs(config)).filter(({ id }) => what.bot === undefined || id === what.bot)
  const apps = appsOf(config.main).map((app): AppOptions => {
    const { name, appKey, masterSecret } = app
    return { name, appKey, masterSecret, client: createClient(clientOptions(config.main, app)) }
  }) as [AppOptions, ...AppOptions[]]
  const baseDir = dirname(config.path)
  try {
    await beside(config, async store => {
      const events = what.records ?? (await records(store, what.ids))
      const run = await DryRun.open({ store, apps, baseDir, bots, log })
      try {
        const meant = events.flatMap(record => recipientsOf(record, what).map(one => [record, one] as const))
        if (meant.length === 0) throw nobody(what.records ? 'these events' : `event ${what.ids.join(', ')}`)
        for (const [record, recipient] of meant) tell(await handle(run, record, recipient))
      } finally {
        await run.close()
      }
    })
  } finally {
    await Promise.all(apps.map(({ client }) => client.close()))
  }
}

function recipientsOf({ deliveries }: EventRecord, { bot, plugin }: Meant): Recipient[] {
  if (bot !== undefined && plugin !== undefined) return [{ bot, plugin }]
  const meant = deliveries.filter(
    one => (bot === undefined || one.bot === bot) && (plugin === undefined || one.plugin === plugin),
  )
  return meant.map(one => ({ bot: one.bot, plugin: one.plugin }))
}

const nobody = (events: string): AppError =>
  new AppError(`nobody of these has handled ${events}`, {
    code: 'event.nobody',
    hint: 'With --bot and --plugin it goes to any plugin.',
  })

async function handle(run: DryRun, record: EventRecord, { bot, plugin }: Recipient): Promise<DryResult> {
  const about = { event: record.id, type: record.type, bot, plugin }
  const before = record.deliveries.find(one => one.bot === bot && one.plugin === plugin)?.calls ?? []
  if (!run.has({ bot, plugin }))
    return { ...about, differences: [], error: `bot ${bot} has no plugin '${plugin}' now` }
  const { calls, error } = await run.handle(record, { bot, plugin })
  // Of these it is not known whose they are, unless one is made again.
  const shared = record.calls.filter(call => calls.some(({ key }) => key === call.key))
  return { ...about, differences: compare([...before, ...shared], calls), error: error?.message }
}
