import { closeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { url as inspectorUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Log } from '../base/log.ts'
import type { Stuck } from '../runtime/dispatch/blame.ts'
import type { BusyMark } from '../runtime/dispatch/busy.ts'
import type { Owner, OwnersOf } from './plugin-owners.ts'

/** How a node of a fleet has the others know what it is at. Its watchdog has a connection of its own for that. */
export interface FleetNotes {
  readonly url: string
  /** Its id. */
  readonly node: string
  /** SQL, of the node and JSON: a list of what it is at. */
  readonly note: string
  /** SQL, of the node. */
  readonly forget: string
}

export interface WatchdogOptions {
  readonly warnAfterMs: number
  readonly endAfterMs: number | 'never'
  readonly log: Log
  /** Whether the log is for people; else it is JSON. */
  readonly pretty: boolean
  /** Where is noted what kept a process busy that was ended. Without it, that is not noted. */
  readonly note: string | undefined
  /** Where others take over what this process has: they are told, and the file is for when they cannot be. */
  readonly fleet: FleetNotes | undefined
  readonly ownersOf: OwnersOf
  /** Events that a plugin is handling. */
  readonly running: (owner: Owner) => readonly string[]
  /** Told when a plugin kept the process busy, and the process goes on. */
  readonly noteError: (owner: Owner, error: Error) => void
}

/** Watches over the event loop from a thread of its own. */
export interface Watchdog {
  readonly mark: BusyMark
  stop(): Promise<void>
}

/** Cells of the memory that both threads see; 0 is no plugin. */
const CELLS = { beats: 0, plugin: 1, settingUp: 2, debugged: 3 } as const
const EVENT_AT = Object.keys(CELLS).length * Int32Array.BYTES_PER_ELEMENT
/** Length of an event's id. */
const EVENT_CHARS = 26
const SHORTEST_BEAT_MS = 25
const LONGEST_BEAT_MS = 500
/** Beats in the time after which a silence is told of. */
const BEATS = 4
const MEGABYTES = 16

/** What the thread found. */
interface Found {
  /** Whose code it is; several, if they run the same and it cannot be told who of them is at it. */
  readonly owners: readonly Owner[]
  readonly event?: string
  readonly at?: string
  readonly ms: number
}

/**
 * Notices when the event loop makes no turn, names the plugin that keeps it, and after longer ends the process with
 * code 70, so that whoever supervises it starts it again. Does nothing while a debugger is attached.
 */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { warnAfterMs, endAfterMs, log, pretty, note, fleet } = options
  const shared = new SharedArrayBuffer(EVENT_AT + EVENT_CHARS)
  const cells = new Int32Array(shared, 0, Object.keys(CELLS).length)
  const eventBytes = new Uint8Array(shared, EVENT_AT, EVENT_CHARS)
  const everyMs = Math.min(LONGEST_BEAT_MS, Math.max(SHORTEST_BEAT_MS, warnAfterMs / BEATS))
  const hook = `beadle.watchdog.${crypto.randomUUID()}`
  const thread = new Worker(new URL('./watchdog-thread.mjs', import.meta.url), {
    name: 'watchdog',
    workerData: {
      ...{ shared, cells: CELLS, eventAt: EVENT_AT, eventChars: EVENT_CHARS },
      ...{ warnAfterMs, endAfterMs, everyMs, pretty, note, fleet, hook },
    },
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
    execArgv: [],
  })
  thread.unref()
  thread.on('error', err => log.error({ err }, 'the watchdog ended; nothing watches over the event loop now'))
  thread.on('message', (found: Found) => goesOn(found, options))
  const answers = globalThis as unknown as Record<symbol, unknown>
  answers[Symbol.for(hook)] = (question: 'who' | 'end', code?: number) =>
    question === 'end' ? endProcess(code!) : who(options)
  // Real time: it is about this machine, not about what time it is.
  const beat = setInterval(() => {
    Atomics.add(cells, CELLS.beats, 1)
    Atomics.store(cells, CELLS.debugged, inspectorUrl() === undefined ? 0 : 1)
  }, everyMs)
  beat.unref()
  return {
    mark: markOf(cells, eventBytes, (number, owner) => thread.postMessage({ number, ...owner })),
    async stop() {
      clearInterval(beat)
      delete answers[Symbol.for(hook)]
      await thread.terminate()
    },
  }
}

function markOf(
  cells: Int32Array,
  eventBytes: Uint8Array,
  onNew: (number: number, owner: Owner) => void,
): BusyMark {
  const numbers = new Map<string, number>()
  return {
    numberOf({ bot, plugin }) {
      const key = `${bot}/${plugin}`
      const known = numbers.get(key)
      if (known !== undefined) return known
      const number = numbers.size + 1
      numbers.set(key, number)
      onNew(number, { bot, plugin })
      return number
    },
    enter(plugin, event) {
      for (let at = 0; at < EVENT_CHARS; at++) eventBytes[at] = event.charCodeAt(at)
      Atomics.store(cells, CELLS.plugin, plugin)
    },
    leave() {
      Atomics.store(cells, CELLS.plugin, 0)
    },
    settingUp(plugin = 0) {
      Atomics.store(cells, CELLS.settingUp, plugin)
    },
  }
}

/** Called in the midst of whatever keeps this thread: whose code is it in, and what are they handling? */
function who({ ownersOf, running }: WatchdogOptions): object {
  // What it is in the midst of is on the stack below this function.
  const frames = wholeStack()
  const at = frames.find(frame => ownersOf([frame]).length > 0)
  if (at === undefined) return {}
  const owners = ownersOf([at]).map(owner => ({ ...owner, running: running(owner) }))
  return { owners, at: at.trim().replace(/^at /, '') }
}

/** A plugin may be deep in the code of a library. */
const MOST_FRAMES = 500

function wholeStack(): string[] {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = MOST_FRAMES
  const { stack = '' } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return stack.split('\n').slice(1)
}

function endProcess(code: number): void {
  // Node would write to it that it waits for a debugger.
  closeSync(process.stderr.fd)
  ;(process as unknown as { reallyExit(code: number): never }).reallyExit(code)
}

function goesOn({ owners, ms, ...about }: Found, { log, noteError }: WatchdogOptions): void {
  log.warn({ ...about, ms }, 'the process was kept busy, and goes on')
  const may = owners.length > 1 ? 'this plugin, or that of another bot, ' : ''
  for (const owner of owners) noteError(owner, new Error(`${may}kept the process busy for ${ms} ms`))
}

const StuckFile = z.array(
  z.object({
    event: z.string().optional(),
    bot: z.string(),
    plugin: z.string(),
    ms: z.number(),
    certain: z.boolean(),
  }),
)

/** What a watchdog noted when it ended a process; see {@link forgetStuck}. */
export async function readStuck(note: string, log: Log): Promise<readonly Stuck[]> {
  try {
    return StuckFile.parse(JSON.parse(await readFile(note, 'utf8')))
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn({ err, file: note }, 'what the watchdog noted cannot be read, and is passed over')
    return []
  }
}

/** To be called when what was noted has been taken up. */
export const forgetStuck = (note: string): Promise<void> => rm(note, { force: true })
