/** Items that are trimmed off at a time. */
const TRIMMED = 1024

/** First in, first out, however many there are: `shift` of an array moves all that stay. */
export class Queue<T> {
  #items: (T | undefined)[]
  #head = 0

  constructor(...items: T[]) {
    this.#items = items
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  /** The one that is next. */
  get first(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the one that is next. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head++
    if (this.length === 0) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head >= TRIMMED && this.#head >= this.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
