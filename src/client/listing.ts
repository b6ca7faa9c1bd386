/** A list of any length, fetched as it is walked over; each walk begins anew. */
export class Listing<T> implements AsyncIterable<T> {
  readonly #read: () => AsyncGenerator<T, void, undefined>

  constructor(read: () => AsyncGenerator<T, void, undefined>) {
    this.#read = read
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.#read()
  }

  /** All of it at once, in memory. */
  async toArray(): Promise<T[]> {
    const all: T[] = []
    for await (const item of this) all.push(item)
    return all
  }
}
