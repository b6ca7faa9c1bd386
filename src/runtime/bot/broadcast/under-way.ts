/** So much of a place is taken by a message at which JMessage fails: the others do not wait for its end. */
const FAILING_SHARE = 1 / 8

interface Place {
  /** Of the call in the outbox. */
  readonly key: string
  isFailing: boolean
}

/** The messages of a broadcast that are on their way, or being taken back, by the positions of their targets. */
export class UnderWay {
  readonly #places = new Map<number, Place>()

  get size(): number {
    return this.#places.size
  }

  get positions(): number[] {
    return [...this.#places.keys()]
  }

  /** Keys of the calls in the outbox. */
  get calls(): string[] {
    return Array.from(this.#places.values(), ({ key }) => key)
  }

  has(position: number): boolean {
    return this.#places.has(position)
  }

  /** @returns what is to be called when JMessage fails at it */
  add(position: number, key: string): () => void {
    const place: Place = { key, isFailing: false }
    this.#places.set(position, place)
    return () => {
      place.isFailing = true
    }
  }

  delete(position: number): void {
    this.#places.delete(position)
  }

  /** Whether there is room for another one among so many. */
  hasRoom(room: number): boolean {
    if (this.size < room) return true
    let taken = 0
    for (const { isFailing } of this.#places.values()) taken += isFailing ? FAILING_SHARE : 1
    return taken < room
  }
}
