import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessagePort } from 'node:worker_threads'
import { Queue } from '../../../base/queue.ts'
import { carry, uncarry } from './carried-error.ts'
import type { ThreadAttempt } from './thread-attempt.ts'
import { type FromThread, type ServiceName, type Services, type ToThread, Vital } from './wire.ts'

/** So many questions are open at a time; a thread that asks without end fills its own memory, and no other. */
const MOST_OPEN = 256
/** Whose answers may take very long. */
const patient: ReadonlySet<ServiceName> = new Set(['ended', 'endOf'])

interface Asked {
  readonly attempt: number | undefined
  readonly counts: boolean
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

type Answer = Extract<ToThread, { type: 'answer' }>
type Others = Exclude<ToThread, { type: 'answer' }>

/**
 * The thread's end of the port: asks the main thread for what is done there, and keeps noted in `vitals` whose code runs.
 * What an answer sets going runs right after it, before anything else has its turn.
 */
export class Link {
  readonly #port: MessagePort
  readonly #vitals: Int32Array
  /** Open questions, by number. */
  readonly #asked = new Map<number, Asked>()
  /** Those that are asked once others are answered. */
  readonly #waiting = new Queue<() => void>()
  /** How many are open, but for those whose answer may take very long. */
  #open = 0
  /** The attempt whose handler asks. */
  readonly #within = new AsyncLocalStorage<number>()
  #asks = 0
  #clearing = false

  constructor(port: MessagePort, vitals: SharedArrayBuffer) {
    this.#port = port
    this.#vitals = new Int32Array(vitals)
  }

  /** Begins to listen. */
  open(hear: (message: Others) => void): void {
    this.#port.on('message', (message: ToThread) => {
      if (message.type === 'answer') return this.#answer(message)
      this.#runs(message.type === 'handle' ? message.id : 0)
      hear(message)
    })
  }

  tell(message: FromThread): void {
    this.#port.postMessage(message)
  }

  /** Runs a handler as that of an attempt. */
  during<T>(attempt: number, run: () => T): T {
    Atomics.store(this.#vitals, Vital.begun, attempt)
    return this.#within.run(attempt, run)
  }

  /**
   * Has something done in the main thread.
   *
   * @param attempt  as whose part it is done; it is refused once that is aborted
   */
  ask<Name extends ServiceName>(
    service: Name,
    args: Parameters<Services[Name]>,
    attempt?: ThreadAttempt,
  ): Promise<ReturnType<Services[Name]>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#asks
      const counts = !patient.has(service)
      const number = attempt?.number
      const asked: Asked = { attempt: number ?? this.#within.getStore(), counts, resolve, reject }
      const put = () => {
        try {
          // It may have waited long.
          attempt?.throwIfAborted()
          this.tell({ type: 'ask', id, attempt: number, service, args })
          this.#asked.set(id, asked)
          if (counts) this.#open++
        } catch (error) {
          // Or it cannot be sent.
          reject(error)
        }
      }
      if (counts && this.#open >= MOST_OPEN) this.#waiting.push(put)
      else put()
    })
  }

  #answer({ id, value, error }: Answer): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (!asked) return
    if (asked.counts) this.#open--
    while (this.#open < MOST_OPEN && this.#waiting.length > 0) this.#waiting.shift()!()
    this.#runs(asked.attempt ?? 0)
    if (error) asked.reject(uncarry(error))
    else asked.resolve(value as never)
  }

  #runs(attempt: number): void {
    Atomics.store(this.#vitals, Vital.running, attempt)
    if (this.#clearing) return
    this.#clearing = true
    setImmediate(() => {
      this.#clearing = false
      Atomics.store(this.#vitals, Vital.running, 0)
    })
  }
}

/** The outcome of something as it is sent. */
export async function outcome<T>(
  run: () => T | Promise<T>,
): Promise<{ value: Awaited<T> } | { error: ReturnType<typeof carry> }> {
  try {
    return { value: await run() }
  } catch (error) {
    return { error: carry(error) }
  }
}
