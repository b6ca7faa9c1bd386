/** Something that falls due at `dueAt` (epoch ms); the heap keeps its place in it. */
export interface Due {
  dueAt: number
  /** Entries of the same moment come in the order of these. */
  readonly order: number
  /** Where it is in the heap; -1 outside. Only the heap sets it. */
  place: number
}

/** A binary heap: what falls due first is known at once; adding and removing take log n steps. */
export class DueHeap<Entry extends Due> {
  readonly #entries: Entry[] = []

  /** What falls due first. */
  get first(): Entry | undefined {
    return this.#entries[0]
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#rise(entry, this.#entries.length - 1)
  }

  /** Does nothing when the entry is not in the heap. */
  remove(entry: Entry): void {
    const { place } = entry
    if (place < 0) return
    const last = this.#entries.pop()!
    entry.place = -1
    if (last === entry) return
    this.#put(last, place)
    this.#sink(last, place)
    this.#rise(last, last.place)
  }

  #rise(entry: Entry, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!before(entry, this.#entries[parent]!)) break
      this.#put(this.#entries[parent]!, place)
      place = parent
    }
    this.#put(entry, place)
  }

  #sink(entry: Entry, from: number): void {
    let place = from
    for (;;) {
      let child = 2 * place + 1
      const right = this.#entries[child + 1]
      if (right && before(right, this.#entries[child]!)) child++
      const next = this.#entries[child]
      if (!next || !before(next, entry)) break
      this.#put(next, place)
      place = child
    }
    this.#put(entry, place)
  }

  #put(entry: Entry, place: number): void {
    this.#entries[place] = entry
    entry.place = place
  }
}

const before = (a: Due, b: Due) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order)
