import { systemClock } from '../base/clock.ts'
import { type Log, silentLog } from '../base/log.ts'
import type { StoreState } from './store.ts'
import type { StoreError, StoreErrorCode } from './store-error.ts'

export interface HealthOptions {
  readonly log?: Log | undefined
  /** How often it is looked, in ms. */
  readonly everyMs: number
  /** Makes an error of the database one that a person can act on. */
  readonly refusal: (cause: unknown) => StoreError
  /** Looks whether the file is still the one that was opened; throws if not. */
  readonly look: () => void
  /** Tries whether the database works again; rejects if not. */
  readonly probe: (failure: StoreErrorCode) => Promise<void>
}

/** A damaged file is read as a whole to see whether it is right again, so that is done less often: every so many looks. */
const LOOKS_WHEN_CORRUPT = 30
/** Nothing else runs while it is looked. A look that fails is made again after so many times as long as it took. */
const REST = 10
const SECOND = 1000

const WELL: StoreState = Object.freeze({ ok: true })

/**
 * How a database is. What it refuses is noted as it happens; a probe finds out when it works again, though nobody writes
 * meanwhile.
 */
export class Health {
  state: StoreState = WELL
  readonly #options: HealthOptions
  readonly #log: Log
  readonly #timer: NodeJS.Timeout
  #looks = 0
  #probing = false
  /** On the clock of the process, which nobody sets. */
  #restsUntil = 0
  /** Set while what is written would be lost. */
  #gone: StoreError | undefined

  constructor(options: HealthOptions) {
    this.#options = options
    this.#log = options.log ?? silentLog
    // Real time, as disks and other processes know no other. Nobody is kept from ending by it.
    this.#timer = setInterval(() => void this.#look(), options.everyMs).unref()
  }

  /** Notes what the database refused. */
  failed(error: StoreError): void {
    const { code, message, hint } = error
    if (code === 'store.closed') return
    const { state } = this
    if (code === 'store.gone') this.#gone = error
    this.state = { ok: false, code, message, hint, since: state.ok ? systemClock.now() : state.since }
    if (!state.ok && state.code === code && state.hint === hint) return
    this.#looks = 0
    this.#log.error({ code, hint, err: error }, `${message}; it is tried again until it works`)
  }

  /** Throws while nothing may be written, as it would be lost. */
  check(): void {
    if (this.#gone) throw this.#gone
  }

  /** Looks a last time, as much may have happened since it was last looked. */
  close(): void {
    clearInterval(this.#timer)
    try {
      this.#options.look()
    } catch (cause) {
      const error = this.#options.refusal(cause)
      this.#log.error({ code: error.code, err: error }, `${error.message}; it is closed all the same`)
    }
  }

  async #look(): Promise<void> {
    if (this.#probing || performance.now() < this.#restsUntil) return
    this.#probing = true
    try {
      this.#lookAtFile()
      this.#gone = undefined
      if (!this.state.ok) await this.#probe(this.state)
    } catch (cause) {
      this.failed(this.#options.refusal(cause))
    } finally {
      this.#probing = false
    }
  }

  #lookAtFile(): void {
    const begun = performance.now()
    try {
      this.#options.look()
    } catch (cause) {
      const now = performance.now()
      this.#restsUntil = now + REST * (now - begun)
      throw cause
    }
  }

  async #probe({ code, since }: Exclude<StoreState, { ok: true }>): Promise<void> {
    this.#looks++
    if (code === 'store.corrupt' && this.#looks % LOOKS_WHEN_CORRUPT !== 1) return
    await this.#options.probe(code)
    this.state = WELL
    this.#log.info(
      { code, seconds: Math.round((systemClock.now() - since) / SECOND) },
      'the database works again',
    )
  }
}
