import { PARTITIONS } from './partition.ts'

/** The parts of one node. */
export class OwnParts {
  /** Those that it has by the database. */
  readonly #own = new Set<number>()
  /** Those of them of which things may be begun. */
  readonly #admitted = new Set<number>()
  #json = '[]'
  #turn = 0

  get all(): readonly number[] {
    return [...this.#own]
  }

  get admitted(): readonly number[] {
    return [...this.#admitted]
  }

  /** JSON: the numbers of those of which things may be begun. */
  get json(): string {
    return this.#json
  }

  get size(): number {
    return this.#own.size
  }

  isOwn(part: number): boolean {
    return this.#own.has(part)
  }

  isAdmitted(part: number): boolean {
    return this.#admitted.has(part)
  }

  /** One after the other; any of all, while it has none. */
  any(): number {
    const { all } = this
    return all.length === 0 ? this.#turn++ % PARTITIONS : all[this.#turn++ % all.length]!
  }

  add(parts: readonly number[]): void {
    for (const part of parts) this.#own.add(part)
  }

  /** Has things be begun of parts that are its own still. */
  admit(parts: readonly number[]): void {
    for (const part of parts) if (this.#own.has(part)) this.#admitted.add(part)
    this.#json = JSON.stringify(this.admitted)
  }

  drop(parts: readonly number[]): void {
    for (const part of parts) {
      this.#own.delete(part)
      this.#admitted.delete(part)
    }
    this.#json = JSON.stringify(this.admitted)
  }
}
