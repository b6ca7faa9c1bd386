/** Where every so manieth message of a list is: the means to count millions by looking at few. */
export class Checkpoints {
  /** Msgids, rising. Between one and the next, the next included, are always as many messages. */
  readonly #ends: number[] = []
  /** Where the first stretch begins. */
  #from: number
  /** Changes when messages are gone, as then what is being read is out of date. */
  epoch = 0
  /** One at a time makes the list longer. */
  busy: Promise<unknown> = Promise.resolve()

  constructor(from: number) {
    this.#from = from
  }

  get from(): number {
    return this.#from
  }

  get size(): number {
    return this.#ends.length
  }

  /** Where the next stretch begins. */
  get next(): number {
    return (this.#ends.at(-1) ?? this.#from - 1) + 1
  }

  add(end: number): void {
    this.#ends.push(end)
  }

  /** The outermost checkpoints in a range, and how many stretches lie between them; `undefined` if there are no two. */
  within(first: number, last: number): { first: number; last: number; stretches: number } | undefined {
    const low = this.#indexOf(first)
    const high = this.#indexOf(last + 1) - 1
    if (low >= high) return undefined
    return { first: this.#ends[low]!, last: this.#ends[high]!, stretches: high - low }
  }

  /** A message is gone: stretches from it on are forgotten. */
  cutAt(msgid: number): void {
    this.epoch++
    this.#ends.length = Math.min(this.#ends.length, this.#indexOf(msgid))
  }

  /** Forgets what lies before a msgid, once that is worth the while. */
  dropBefore(msgid: number): void {
    const old = this.#indexOf(msgid) - 1
    if (old < 1000 || old < this.#ends.length / 2) return
    this.#from = this.#ends[old - 1]! + 1
    this.#ends.splice(0, old)
  }

  /** Index of the first checkpoint that is not before a msgid. */
  #indexOf(msgid: number): number {
    let low = 0
    let high = this.#ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#ends[middle]! < msgid) low = middle + 1
      else high = middle
    }
    return low
  }
}
