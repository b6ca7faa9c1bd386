import { Chain, type Link } from '../../base/chain.ts'
import type { Entry } from './outbox-entry.ts'

/** How many calls are open, of all apps. */
export interface OpenTotal {
  count: number
}

/** The calls of an app whose end is not on disk yet. */
export class OpenCalls {
  readonly #total: OpenTotal
  /** Those that are made at once: some dozens at most, and gone in a moment. */
  readonly #brisk = new Chain<Entry>()
  readonly #others = new Map<string, Entry>()

  /** @param total  counts those of all apps */
  constructor(total: OpenTotal) {
    this.#total = total
  }

  get size(): number {
    return this.#brisk.length + this.#others.size
  }

  get(key: string): Entry | undefined {
    return this.#others.get(key) ?? this.#brisk.find(entry => entry.key === key)
  }

  /** Takes a call that is made at once, well in nearly every case. */
  addBrisk(entry: Entry): Link<Entry> {
    this.#total.count++
    return this.#brisk.add(entry)
  }

  /** A call that was made at once has ended, or goes on as others do. */
  removeBrisk(link: Link<Entry>): void {
    if (this.#brisk.remove(link)) this.#total.count--
  }

  add(entry: Entry): void {
    if (!this.#others.has(entry.key)) this.#total.count++
    this.#others.set(entry.key, entry)
  }

  remove(entry: Entry): void {
    if (this.#others.get(entry.key) === entry) {
      this.#others.delete(entry.key)
      this.#total.count--
    }
    entry.go()
  }

  /** All of them. */
  *all(): Generator<Entry> {
    yield* this.#brisk
    yield* this.#others.values()
  }

  /** Those whose keys begin with a text. */
  startingWith(text: string): Entry[] {
    const found: Entry[] = []
    for (const all of [this.#brisk, this.others])
      for (const entry of all) if (entry.key.startsWith(text)) found.push(entry)
    return found
  }

  /** Those that had to wait, or are in doubt. */
  get others(): Iterable<Entry> {
    return this.#others.values()
  }
}
