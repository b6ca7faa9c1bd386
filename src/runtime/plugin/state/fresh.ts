import type { Clock } from '../../../base/clock.ts'

/** What was read counts for so long: another process may have it changed. */
export const FRESH_MS = 10_000
const MOST_KNOWN = 1000

/** What was read of the store lately, by its keys: the last of it, for a while. */
export class Fresh<Value> {
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly value: Value; readonly until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(key: string): Value | undefined {
    const known = this.#known.get(key)
    return known && known.until > this.#clock.now() ? known.value : undefined
  }

  set(key: string, value: Value): void {
    this.#known.delete(key)
    const [oldest] = this.#known.size >= MOST_KNOWN ? this.#known.keys() : []
    if (oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(key, { value, until: this.#clock.now() + FRESH_MS })
  }
}
