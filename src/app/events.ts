import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { AppError } from '../base/errors.ts'
import {
  type DeliverySummary,
  type EventFilter,
  eventRecord,
  findEvent,
  listDeliveries,
} from '../runtime/events/queries.ts'
import type { EventRecord } from '../runtime/events/record.ts'
import { readRecording, recordingLines } from '../runtime/events/recording.ts'
import type { Meant } from '../runtime/events/replay.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import { beside, type GivenOrder, order } from './beside.ts'
import type { LoadedConfig } from './config/index.ts'

export type { CallRecord, DeliveryRecord, EventRecord } from '../runtime/events/record.ts'
export type { OrderItem } from '../runtime/orders/kinds.ts'
export type { OrderResult } from '../runtime/orders/orders.ts'
export type { DeliverySummary, EventFilter, Meant }

export const listEvents = (config: LoadedConfig, filter: EventFilter): Promise<DeliverySummary[]> =>
  beside(config, store => listDeliveries(store, filter))

/** @param named  an id, or the end of it */
export const showEvent = (config: LoadedConfig, named: string): Promise<EventRecord> =>
  beside(config, async store => (await records(store, [named]))[0]!)

/**
 * Writes events with the calls they caused into a file, the oldest first; resolves with how many.
 *
 * @param what.ids  these events, in place of those that fit the filter
 */
export function recordEvents(
  config: LoadedConfig,
  file: string,
  what: { readonly ids: readonly string[]; readonly filter: EventFilter; readonly replace: boolean },
): Promise<number> {
  const { ids, filter, replace } = what
  return beside(config, async store => {
    const named = ids.length > 0 ? ids : (await listDeliveries(store, filter)).map(({ event }) => event)
    const found = await records(store, named)
    found.sort((a, b) => (a.id < b.id ? -1 : 1))
    const kept = found.map(record => only(record, filter))
    try {
      if (replace) rmSync(file, { force: true })
      // What people wrote stands in it.
      writeFileSync(file, [...recordingLines(kept)].join(''), { mode: 0o600, flag: 'wx' })
    } catch (cause) {
      throw unwritable(file, cause as NodeJS.ErrnoException)
    }
    return kept.length
  })
}

/** @throws AppError `recording.invalid`, `recording.unreadable` */
export function readEvents(file: string): EventRecord[] {
  try {
    return readRecording(readFileSync(file, 'utf8'), file)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new AppError(`${file} cannot be read (${code})`, { code: 'recording.unreadable', cause })
  }
}

/** Asks the running Beadle to hand events over again. */
export function replayEvents(
  config: LoadedConfig,
  what: Meant & { readonly ids: readonly string[]; readonly again: boolean },
  waitMs: number,
): Promise<GivenOrder> {
  const { ids, again, bot, plugin } = what
  return beside(config, async store => {
    const events = await Promise.all([...new Set(ids)].map(id => findEvent(store, id)))
    return order(store, 'events.replay', { events, again, bot, plugin }, waitMs)
  })
}

/** Events that go into one order. */
const MOST_RECORDED = 1000

/** Asks the running Beadle to take recorded events as new ones. */
export function replayRecorded(
  config: LoadedConfig,
  what: Meant & { readonly records: readonly EventRecord[] },
  waitMs: number,
): Promise<GivenOrder> {
  if (what.records.length > MOST_RECORDED) {
    throw new AppError(`the recording has ${what.records.length} events, more than ${MOST_RECORDED}`, {
      code: 'recording.large',
      hint: 'Replay it in parts.',
    })
  }
  return beside(config, store => order(store, 'events.replay-recorded', what, waitMs))
}

/** The events that a person named. */
export async function records(store: Store<RuntimeTables>, named: readonly string[]): Promise<EventRecord[]> {
  const ids = new Set<string>()
  for (const name of named) ids.add(await findEvent(store, name))
  const found = await Promise.all([...ids].map(id => eventRecord(store, id)))
  return found.filter(record => record !== undefined)
}

/** An event with those deliveries only that are meant. */
function only(record: EventRecord, { bot, plugin }: Meant): EventRecord {
  const deliveries = record.deliveries.filter(
    one => (bot === undefined || one.bot === bot) && (plugin === undefined || one.plugin === plugin),
  )
  return { ...record, deliveries }
}

const unwritable = (file: string, cause: NodeJS.ErrnoException) =>
  cause.code === 'EEXIST'
    ? new AppError(`${file} is there already`, {
        code: 'recording.exists',
        hint: 'Give another name, or --force to replace it.',
      })
    : new AppError(`${file} cannot be written (${cause.code})`, { code: 'recording.unwritable', cause })
