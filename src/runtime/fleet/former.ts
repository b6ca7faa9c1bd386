/** Knows which events other processes, or earlier ones, accepted and may have begun to handle. */
export class Former {
  #before = ''
  readonly #upTo = new Map<number, string>()

  /** All with lower ids than this one. */
  allBefore(id: string): void {
    this.#before = id
  }

  /** Those of a part up to an id. */
  upTo(partition: number, id: string): void {
    this.#upTo.set(partition, id)
  }

  has(partition: number, id: string): boolean {
    const upTo = this.#upTo.get(partition)
    return upTo === undefined ? id < this.#before : id <= upTo
  }
}
