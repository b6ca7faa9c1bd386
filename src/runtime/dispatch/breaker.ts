import type { Cancel, Clock } from '../../base/clock.ts'
import type { PluginLimits } from './limits.ts'

/** `resting`: nothing is tried; `probing`: one delivery at a time is, and how it ends decides. */
export type BreakerState = 'working' | 'resting' | 'probing'

export interface BreakerOptions {
  readonly clock: Clock
  /** Those that hold now. */
  readonly limits: () => Pick<PluginLimits, 'failures' | 'pauseMs'>
  /** Told of each change. */
  readonly onChange: (state: BreakerState, before: BreakerState) => void
}

/** A plugin that keeps failing rests for so many times its first pause, at most. */
const LONGEST_PAUSES = 10

/**
 * Lets a plugin rest that failed often in a row: what is for it would only use up its attempts. After a pause one
 * delivery is tried; if that fails, too, the next pause is twice as long.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #state: BreakerState = 'working'
  #inARow = 0
  #pauses = 0
  #restsUntil: number | undefined
  #cancel: Cancel | undefined

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Failures since the last success. */
  get inARow(): number {
    return this.#inARow
  }

  /** When it is tried again, while it rests: epoch ms. */
  get restsUntil(): number | undefined {
    return this.#restsUntil
  }

  succeeded(): void {
    this.#inARow = 0
    if (this.#state === 'working') return
    this.#pauses = 0
    this.stop()
    this.#become('working')
  }

  failed(): void {
    this.#inARow++
    const { failures } = this.#options.limits()
    // What was under way when the rest began tells nothing new.
    if (this.#state === 'probing' || (this.#state === 'working' && this.#inARow >= failures)) this.#rest()
  }

  /** Changes its state no more by itself. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#restsUntil = undefined
  }

  #rest(): void {
    const { clock, limits } = this.#options
    const ms = limits().pauseMs * Math.min(2 ** this.#pauses, LONGEST_PAUSES)
    this.#pauses = Math.min(this.#pauses + 1, LONGEST_PAUSES)
    this.#restsUntil = clock.now() + ms
    this.#cancel = clock.after(ms, () => {
      this.stop()
      this.#become('probing')
    })
    this.#become('resting')
  }

  #become(state: BreakerState): void {
    const before = this.#state
    this.#state = state
    this.#options.onChange(state, before)
  }
}
