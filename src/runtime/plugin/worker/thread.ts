import { Worker } from 'node:worker_threads'
import { type Cancel, type Clock, systemClock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import { type FromThread, type ThreadData, type ToThread, VITALS_BYTES, Vital } from './wire.ts'
import { within } from './within.ts'

/** A thread that makes no turn of its event loop for so long is stuck, in ms. */
const STALL_MS = 5000
/** So often it is asked meanwhile. */
const LOOKS = 5
/** So many times as long it may make none while it loads all it needs and sets the plugin up. */
const START_TIMES = 6
/** So long all that may take, in ms. */
const START_MS = 60_000
/** So long its end is waited for, in ms: in the midst of a call of the system it does not end before that does. */
const END_MS = 2000
/** What the objects of one plugin may take, in MiB. */
const HEAP_MIB = 256

const fromSource = import.meta.url.endsWith('.ts')
const entry = new URL(`../../../plugin-thread${fromSource ? '.ts' : '.js'}`, import.meta.url)
const module = fromSource ? new URL('from-source.mjs', import.meta.url) : entry

export interface ThreadOptions {
  readonly data: Omit<ThreadData, 'entry' | 'vitals'>
  readonly onMessage: (message: FromThread) => void
  /** Called once, when it ended without having been told to. */
  readonly onEnd: (error: AppError) => void
  /** Real time, unless it is handed in: what is watched is the machine. */
  readonly clock?: Clock
}

/** The thread of a plugin, as the main thread sees it: watched, and ended when it is stuck. */
export class Thread {
  readonly #options: ThreadOptions
  readonly #worker: Worker
  readonly #vitals: Int32Array
  #over = false
  #unanswered = 0
  /** How often it was looked at. */
  #looks = 0
  #isUp = false
  #cancelLook: Cancel = () => {}

  constructor(options: ThreadOptions) {
    this.#options = options
    const vitals = new SharedArrayBuffer(VITALS_BYTES)
    this.#vitals = new Int32Array(vitals)
    const data: ThreadData = { ...options.data, vitals, entry: entry.href }
    this.#worker = new Worker(module, {
      workerData: data,
      name: `${data.bot.id}/${data.name}`,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    })
    this.#worker.on('message', (message: FromThread) => {
      if (this.#over) return
      // Whatever it says, it has made a turn.
      this.#unanswered = 0
      if (message.type === 'ready') this.#isUp = true
      if (message.type !== 'pong') options.onMessage(message)
    })
    this.#worker.on('error', cause => this.#end('plugin.crashed', `crashed: ${messageOf(cause)}`, cause))
    this.#worker.on('exit', code =>
      this.#end('plugin.exited', `was ended by the plugin itself (code ${code})`),
    )
    this.#look()
  }

  /** The attempt whose code runs, or ran when the thread ended; 0 if that is not known. */
  get running(): number {
    return Atomics.load(this.#vitals, Vital.running)
  }

  /** Attempts up to this number were begun. */
  get begun(): number {
    return Atomics.load(this.#vitals, Vital.begun)
  }

  tell(message: ToThread): void {
    if (!this.#over) this.#worker.postMessage(message)
  }

  /** Ends it, whatever it is at. */
  async kill(): Promise<void> {
    this.#over = true
    this.#cancelLook()
    const ended = this.#worker.terminate()
    await within(END_MS, resolve => void ended.then(() => resolve(), resolve))
  }

  /** Looks are counted, not the time: while this thread is busy itself, none is made, and answers are heard before the next. */
  #look(): void {
    const times = this.#isUp ? 1 : START_TIMES
    if (this.#unanswered >= LOOKS * times) {
      const ms = STALL_MS * times
      this.#end('plugin.stuck', `made no turn of its event loop for ${ms} ms, and was killed`)
      return
    }
    if (!this.#isUp && this.#looks >= (START_MS / STALL_MS) * LOOKS) {
      this.#end('plugin.slow-setup', `did not set the plugin up within ${START_MS} ms, and was killed`)
      return
    }
    this.#looks++
    this.#unanswered++
    this.tell({ type: 'ping' })
    const { clock = systemClock } = this.#options
    this.#cancelLook = clock.after(STALL_MS / LOOKS, () => this.#look())
  }

  #end(code: string, what: string, cause?: unknown): void {
    if (this.#over) return
    void this.kill().catch(() => {})
    const { bot, name } = this.#options.data
    this.#options.onEnd(
      new AppError(`the thread of plugin ${name} of bot ${bot.id} ${what}`, { code, retry: 'later', cause }),
    )
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
