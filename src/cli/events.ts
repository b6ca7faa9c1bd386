import {
  type DeliverySummary,
  type EventFilter,
  type EventRecord,
  listEvents,
  readEvents,
  recordEvents,
  replayEvents,
  replayRecorded,
  showEvent,
} from '../app/events.ts'
import { callLine, eventText } from './call-text.ts'
import { loadConfigured } from './load-configured.ts'
import { readLimit, readSince, readWait, usage } from './options.ts'
import { tellOrder } from './order.ts'
import { plain, printJson, table, when } from './text.ts'

interface Filter {
  readonly config: string
  readonly type?: string
  readonly bot?: string
  readonly plugin?: string
  readonly state?: string
  readonly since?: string
  readonly limit: string
  readonly json?: boolean
}

const STATES = ['pending', 'done', 'dead', 'dropped'] as const

function filterOf({ type, bot, plugin, state, since, limit }: Filter): EventFilter {
  const known = STATES.find(one => one === state)
  if (state !== undefined && !known) throw usage(`--state ${state}: must be one of ${STATES.join(', ')}`)
  const from = since === undefined ? undefined : readSince(since)
  return { type, bot, plugin, state: known, since: from, limit: readLimit(limit) }
}

/** `beadle events list`: a line for each plugin that an event was for. */
export async function list(options: Filter): Promise<void> {
  const filter = filterOf(options)
  const found = await listEvents(await loadConfigured(options.config), filter)
  if (options.json) return printJson(found)
  if (found.length === 0) return void process.stdout.write('There are no such events.\n')
  const head = ['EVENT', 'WHEN', 'TYPE', 'FOR', 'STATE', 'WHAT']
  process.stdout.write(table(head, found.map(rowOf)))
}

function rowOf({ event, createdAt, type, bot, plugin, state, attempts, data }: DeliverySummary): string[] {
  const tried = attempts > 0 ? `${state} (${attempts})` : state
  const what = plain(eventText(type, data), 50)
  return [event, when(createdAt), type, bot === '' ? '-' : `${bot}/${plugin}`, bot === '' ? '-' : tried, what]
}

/** `beadle events show`: an event and all that came of it. */
export async function show(id: string, options: { config: string; json?: boolean }): Promise<void> {
  const record = await showEvent(await loadConfigured(options.config), id)
  if (options.json) return printJson(record)
  process.stdout.write(`${eventLines(record).join('\n')}\n`)
}

function eventLines(record: EventRecord): string[] {
  const { id, type, conversation, createdAt, replayOf, data, deliveries, calls, broadcasts } = record
  const lines = [
    `event         ${id}`,
    `type          ${type}`,
    `accepted      ${when(createdAt)}`,
    ...(conversation === id ? [] : [`conversation  ${plain(conversation)}`]),
    ...(replayOf === null ? [] : [`replay of     ${replayOf}`]),
    `data          ${plain(JSON.stringify(data), 2000)}`,
  ]
  if (deliveries.length === 0) lines.push('', 'Nobody had to handle it.')
  for (const { bot, plugin, state, attempts, error, nextAt, endedAt, calls } of deliveries) {
    const failed = attempts > 0 ? `, ${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'}` : ''
    const time = endedAt !== null ? `, ${when(endedAt)}` : nextAt !== null ? `, again at ${when(nextAt)}` : ''
    lines.push('', `${bot}/${plugin}  ${state}${failed}${time}`)
    if (error !== null) lines.push(...error.split('\n').map(line => `    ! ${plain(line, 300)}`))
    lines.push(...calls.map(call => `    ${callLine(call)}`))
    if (calls.length === 0) lines.push('    no calls')
  }
  for (const { id, title, total } of broadcasts)
    lines.push('', `broadcast ${id} to ${total}: ${plain(title)}`)
  if (calls.length > 0) lines.push('', 'further calls', ...calls.map(call => `    ${callLine(call)}`))
  return lines
}

/** `beadle events record`: writes events into a file, as a fixture of tests. */
export async function record(
  file: string,
  options: Filter & { readonly id?: readonly string[]; readonly force?: boolean },
): Promise<void> {
  const { id: ids = [], force: replace = false } = options
  const filter = filterOf(options)
  const count = await recordEvents(await loadConfigured(options.config), file, { ids, filter, replace })
  if (options.json) return printJson({ file, events: count })
  process.stdout.write(`${file}: ${count} ${count === 1 ? 'event' : 'events'}\n`)
}

export interface ReplayOptions {
  readonly config: string
  readonly bot?: string
  readonly plugin?: string
  readonly again?: boolean
  readonly dryRun?: boolean
  readonly from?: string
  readonly wait: string
  readonly json?: boolean
}

/** `beadle events replay`: has events handled again, or, dry, says what would be done. */
export async function replay(ids: readonly string[], options: ReplayOptions): Promise<void> {
  const { bot, plugin, again = false, dryRun = false, from, wait, json = false } = options
  const waitMs = readWait(wait)
  if (ids.length > 0 === (from !== undefined))
    throw usage('say which events: by their ids, or by --from FILE')
  if (from !== undefined && !dryRun && !again)
    throw usage('--from needs --dry-run, or --again: recorded events are taken as new ones')
  if (dryRun && again) throw usage('--dry-run and --again exclude each other')
  const config = await loadConfigured(options.config)
  const records = from === undefined ? undefined : readEvents(from)
  if (dryRun) {
    const { dryRun: run } = await import('./dry-run.ts')
    return run(config, { ids, records, bot, plugin }, json)
  }
  const given = records
    ? await replayRecorded(config, { records, bot, plugin }, waitMs)
    : await replayEvents(config, { ids, again, bot, plugin }, waitMs)
  tellOrder(given, { done: again ? 'is handled as a new event' : 'is handled again', json })
}
