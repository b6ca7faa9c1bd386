import {
  type Begun,
  type BroadcastResult,
  type BroadcastSummary,
  type BroadcastTargetState,
  listBroadcasts,
  MOST_LISTED,
  type Move,
  type Moved,
  moveBroadcast,
  showBroadcast,
  startBroadcast,
} from '../app/broadcasts.ts'
import { sleep, systemClock } from '../base/clock.ts'
import { formatDuration } from '../base/duration.ts'
import { loadConfigured } from './load-configured.ts'
import { Meter } from './meter.ts'
import { readLimit, readWait, usage } from './options.ts'
import { answerOf } from './order.ts'
import { firstLine, plain, printJson, printLine, table, when } from './text.ts'

interface Common {
  readonly config: string
  readonly json?: boolean
}

/** `beadle broadcast list`: the latest, the newest first. */
export async function list(options: Common & { bot?: string; limit: string }): Promise<void> {
  const { bot, json } = options
  const found = await listBroadcasts(await loadConfigured(options.config), {
    bot,
    limit: readLimit(options.limit, MOST_LISTED),
  })
  if (json) return printJson(found)
  if (found.length === 0) return void process.stdout.write('There are no broadcasts.\n')
  const rows = found.map(one => [one.id, when(one.startedAt), one.bot, one.state, counts(one), one.title])
  process.stdout.write(table(['BROADCAST', 'BEGUN', 'BOT', 'STATE', 'SENT', 'TITLE'], rows))
}

const counts = ({ sent, retracted, tooLate, total }: BroadcastSummary) =>
  `${sent + retracted + tooLate}/${total}`

const TARGET_STATES = ['waiting', 'sent', 'failed', 'unsure', 'cancelled', 'retracted', 'too-late'] as const

/** `beadle broadcast show`: how far it is, and what became of it for its targets. */
export async function show(id: string, options: Common & { state?: string; limit: string }): Promise<void> {
  const state: BroadcastTargetState | undefined = TARGET_STATES.find(one => one === options.state)
  if (options.state !== undefined && !state)
    throw usage(`--state ${options.state}: must be one of ${TARGET_STATES.join(', ')}`)
  const page = { limit: readLimit(options.limit, MOST_LISTED), ...(state === undefined ? {} : { state }) }
  const shown = await showBroadcast(await loadConfigured(options.config), id, page)
  if (options.json) return printJson(shown)
  const { broadcast, results } = shown
  process.stdout.write(`${linesOf(broadcast).join('\n')}\n`)
  if (results.length > 0)
    process.stdout.write(`\n${table(['TARGET', 'STATE', 'MESSAGE', 'ERROR'], results.map(rowOf))}`)
}

function linesOf(one: BroadcastSummary): string[] {
  const { id, bot, title, state, total, startedAt, endedAt, leftMs } = one
  const { sent, failed, unsure, waiting, cancelled, retracted, tooLate } = one
  const numbers = { sent, failed, unsure, waiting, cancelled, retracted, 'too late': tooLate }
  const told = Object.entries(numbers).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`]))
  return [
    `broadcast  ${id}`,
    `bot        ${bot}`,
    `title      ${plain(title)}`,
    `state      ${state}`,
    `begun      ${when(startedAt)}`,
    ...(endedAt === undefined ? [] : [`ended      ${when(endedAt)}`]),
    `targets    ${total}: ${told.join(', ') || 'none'}`,
    ...(endedAt === undefined && leftMs > 0 ? [`left       about ${span(leftMs)}`] : []),
  ]
}

const rowOf = ({ to, state, msgId, error }: BroadcastResult): string[] => [
  `${to.type} ${to.id}`,
  state,
  msgId === undefined ? '' : String(msgId),
  firstLine(error),
]

/** Whole seconds. */
const span = (ms: number): string => formatDuration(Math.ceil(ms / 1000) * 1000)

interface StartOptions extends Common {
  readonly bot?: string
  readonly text: string
  readonly title?: string
  readonly group?: readonly string[]
  readonly room?: readonly string[]
  readonly user?: readonly string[]
  readonly paused?: boolean
  readonly follow?: boolean
  readonly wait: string
}

/** `beadle broadcast start`: has the running Beadle begin one. */
export async function start(options: StartOptions): Promise<void> {
  const { bot, text, title, group = [], room = [], user = [], paused = false, json = false } = options
  if (group.length + room.length + user.length === 0) throw usage('say to whom: --group, --room or --user')
  const waitMs = readWait(options.wait)
  const to = { groups: [...group], rooms: [...room], users: [...user] }
  const args = {
    to,
    text,
    paused,
    ...(bot === undefined ? {} : { bot }),
    ...(title === undefined ? {} : { title }),
  }
  const given = await startBroadcast(await loadConfigured(options.config), args, waitMs)
  const begun = answerOf(given, json) as Begun | undefined
  if (!begun) return
  if (json) {
    // What follows is one object a line.
    if (!options.follow) return printJson({ order: given.id, done: true, ...begun })
    printLine({ order: given.id, done: true, ...begun })
    return watch(begun.id, options)
  }
  const targets = `${begun.total} ${begun.total === 1 ? 'target' : 'targets'}`
  const time = begun.estimateMs > 0 ? `, takes about ${span(begun.estimateMs)}` : ''
  process.stdout.write(`${begun.id}: begun${paused ? ', paused' : ''}: ${targets}${time}\n`)
  if (options.follow) await watch(begun.id, options)
}

/** How often it is looked how far a broadcast is, in ms. */
const LOOK_MS = 500

/** `beadle broadcast watch`: shows how far one is until it has ended, or is paused. */
export async function watch(id: string, { config: path, json = false }: Common): Promise<void> {
  const config = await loadConfigured(path)
  const meter = new Meter(json)
  for (;;) {
    const { broadcast } = await showBroadcast(config, id, { limit: 1 })
    const { state, total, waiting } = broadcast
    const { sent, failed, unsure } = broadcast
    const of = { id: broadcast.id, state, done: total - waiting, sent, failed, unsure }
    meter.show({ phase: state, what: VERBS[state] ?? state, total, done: of.done, unit: 'targets', json: of })
    if (state !== 'running' && state !== 'undoing') {
      meter.end()
      if (failed + unsure > 0) process.exitCode = 1
      if (!json) process.stdout.write(`${linesOf(broadcast).join('\n')}\n`)
      return
    }
    await sleep(systemClock, LOOK_MS)
  }
}

const VERBS: Readonly<Record<string, string>> = { running: 'sending', undoing: 'taking back' }

/** `beadle broadcast pause`, `resume`, `cancel` and `undo`. */
export async function move(how: Move, id: string, options: Common & { wait: string }): Promise<void> {
  const { json = false, wait } = options
  const waitMs = readWait(wait)
  const given = await moveBroadcast(await loadConfigured(options.config), { how, id }, waitMs)
  const answer = answerOf(given, json) as Moved | undefined
  if (!answer) return
  if (!answer.moved) process.exitCode = 1
  if (json) return printJson({ order: given.id, done: true, ...answer })
  const { moved, progress } = answer
  process.stdout.write(moved ? `It is ${progress.state}.\n` : `No: it is ${progress.state}.\n`)
}
