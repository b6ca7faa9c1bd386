import { Chain, type Link } from '../../base/chain.ts'
import type { Entry } from './outbox-entry.ts'

/** The calls whose end is not on disk yet. */
export class OpenCalls {
  /** Those that are made at once: some dozens at most, and gone in a moment. */
  readonly #brisk = new Chain<Entry>()
  readonly #others = new Map<string, Entry>()

  get size(): number {
    return this.#brisk.length + this.#others.size
  }

  get(key: string): Entry | undefined {
    return this.#others.get(key) ?? this.#brisk.find(entry => entry.key === key)
  }

  /** Takes a call that is made at once, well in nearly every case. */
  addBrisk(entry: Entry): Link<Entry> {
    return this.#brisk.add(entry)
  }

  /** A call that was made at once has ended, or goes on as others do. */
  removeBrisk(link: Link<Entry>): void {
    this.#brisk.remove(link)
  }

  add(entry: Entry): void {
    this.#others.set(entry.key, entry)
  }

  remove(entry: Entry): void {
    if (this.#others.get(entry.key) === entry) this.#others.delete(entry.key)
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
