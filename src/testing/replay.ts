import { readFileSync } from 'node:fs'
import { ManualClock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { eventRecord, listDeliveries } from '../runtime/events/queries.ts'
import type { EventRecord } from '../runtime/events/record.ts'
import { type PlainCall, plainCall, readRecording } from '../runtime/events/recording.ts'
import { DryRun, type DryRunOptions } from '../runtime/shadow/dry-run.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

/** Events that were recorded, and the calls they caused. */
export interface Recording {
  readonly events: readonly EventRecord[]
  readonly calls: readonly PlainCall[]
}

/**
 * Reads a file that `beadle events record` wrote.
 *
 * @throws AppError `recording.invalid` that names the line and field
 */
export function recording(file: string): Recording {
  return recordingOf(readRecording(readFileSync(file, 'utf8'), file))
}

export const recordingOf = (events: readonly EventRecord[]): Recording => ({
  events,
  calls: events.flatMap(({ deliveries }) =>
    deliveries.flatMap(delivery => delivery.calls.map(call => plainCall(delivery, call))),
  ),
})

/** More than a test brings about. */
const ALL = 1_000_000

/** What happened in a store, and the calls it caused, the oldest first. */
export async function recordedIn(store: Store<RuntimeTables>): Promise<Recording> {
  const ids = (await listDeliveries(store, { limit: ALL })).map(({ event }) => event)
  const records = await Promise.all([...new Set(ids)].reverse().map(id => eventRecord(store, id)))
  return recordingOf(records.filter(record => record !== undefined))
}

/** Has recorded events handled by the plugins that handled them then; resolves with the calls these would make. */
export async function replayIn(
  options: Omit<DryRunOptions, 'pace'>,
  { events }: Recording,
): Promise<PlainCall[]> {
  // Time stands still while an event is handled, so that it comes to the same each time.
  const run = await DryRun.open({ ...options, pace: new ManualClock() })
  try {
    const calls: PlainCall[] = []
    for (const event of events) {
      for (const { bot, plugin } of event.deliveries) {
        if (!run.has({ bot, plugin })) throw missing({ bot, plugin }, options)
        const handled = await run.handle(event, { bot, plugin })
        if (handled.error) throw handled.error
        // Of these the recording does not tell whose they are.
        const own = handled.calls.filter(({ key }) => event.calls.every(call => call.key !== key))
        calls.push(...own.map(call => plainCall(handled, call)))
      }
    }
    return calls
  } finally {
    await run.close()
  }
}

function missing({ bot, plugin }: { bot: string; plugin: string }, { bots }: Pick<DryRunOptions, 'bots'>) {
  const there = bots.flatMap(({ id, plugins }) => plugins.map(({ name }) => `${id}/${name}`))
  return new AppError(`the recording is of plugin ${plugin} of bot ${bot}, which this world does not have`, {
    code: 'world.recording',
    hint: `There are ${there.join(', ') || 'none'}; name bot and instance as they were named then.`,
  })
}
