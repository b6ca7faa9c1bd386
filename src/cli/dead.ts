import { type DeadLetter, listDead, settleDead, showDead } from '../app/dead.ts'
import { systemClock } from '../base/clock.ts'
import { formatDuration } from '../base/duration.ts'
import { loadConfigured } from './load-configured.ts'
import { readLimit, readWait, usage } from './options.ts'
import { tellOrder } from './order.ts'
import { firstLine, plain, printJson, table, when } from './text.ts'

/** `beadle dead list`: what was given up. */
export async function list(options: { config: string; limit: string; json?: boolean }): Promise<void> {
  const limit = readLimit(options.limit)
  const letters = await listDead(await loadConfigured(options.config))
  const shown = letters.slice(0, limit)
  if (options.json) return printJson(shown)
  if (letters.length === 0) return void process.stdout.write('There are no dead letters.\n')
  process.stdout.write(table(['ID', 'AGE', 'FROM', 'WHAT', 'TARGET', 'STATE', 'ERROR'], shown.map(rowOf)))
  if (shown.length < letters.length)
    process.stdout.write(`and ${letters.length - shown.length} more (--limit)\n`)
}

function rowOf({ id, at, bot, plugin, what, target, state, error }: DeadLetter): string[] {
  const from = plugin === undefined ? bot : `${bot}/${plugin}`
  return [id, age(at), from, what, plain(target, 30), state, firstLine(error)]
}

/** In seconds, or in minutes beyond an hour. */
function age(at: number): string {
  const ms = Math.max(0, systemClock.now() - at)
  const unit = ms < 3_600_000 ? 1000 : 60_000
  return formatDuration(Math.floor(ms / unit) * unit)
}

/** `beadle dead show`: all that is known of one. */
export async function show(id: string, options: { config: string; json?: boolean }): Promise<void> {
  const letter = await showDead(await loadConfigured(options.config), id)
  if (options.json) return printJson(letter)
  const { plugin, bot, event, what, target, state, attempts, at, error, name } = letter
  const lines = [
    `id        ${letter.id}`,
    `from      ${plugin === undefined ? bot : `${bot}/${plugin}`}`,
    ...(event === null ? [] : [`event     ${event}  (beadle events show tells more)`]),
    `what      ${what}`,
    `target    ${plain(target)}`,
    ...('call' in name ? [`call      ${plain(name.call, 300)}`] : []),
    `state     ${state}, after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${when(at)}`,
    ...(error ?? '').split('\n').map(line => `  ! ${plain(line, 300)}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

interface SettleOptions {
  readonly config: string
  readonly all?: boolean
  readonly wait: string
  readonly json?: boolean
}

/** `beadle dead replay` and `beadle dead drop`. */
export async function settle(
  how: 'replay' | 'drop',
  ids: readonly string[],
  options: SettleOptions,
): Promise<void> {
  const { all = false, wait, json = false } = options
  if (ids.length > 0 === all) throw usage('say which ones: by their ids, or --all')
  const waitMs = readWait(wait)
  const given = await settleDead(
    await loadConfigured(options.config),
    { how, which: all ? 'all' : ids },
    waitMs,
  )
  tellOrder(given, { done: how === 'replay' ? 'is tried again' : 'is dropped', json })
}
