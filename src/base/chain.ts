/** An item's place in a {@link Chain}. */
export class Link<T> {
  readonly item: T
  before: Link<T> | undefined
  after: Link<T> | undefined = undefined
  isIn = true

  constructor(item: T, before: Link<T> | undefined) {
    this.item = item
    this.before = before
  }
}

/**
 * Items in the order in which they came, of which any can be taken out at once.
 *
 * For what comes and goes all the time: a Set or Map through which much passes outgrows table after table, and each,
 * until all memory is looked through, keeps alive what it held at the time, and the table after it.
 */
export class Chain<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Link<T> | undefined {
    return this.#first
  }

  add(item: T): Link<T> {
    const link = new Link(item, this.#last)
    if (this.#last) this.#last.after = link
    else this.#first = link
    this.#last = link
    this.#length++
    return link
  }

  /** Takes an item out; `false` when it is out already. */
  remove(link: Link<T>): boolean {
    if (!link.isIn) return false
    const { before, after } = link
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // What is out points at nothing, or it would keep others alive.
    link.before = undefined
    link.after = undefined
    link.isIn = false
    this.#length--
    return true
  }

  /** The first item for which a test holds. */
  find(test: (item: T) => boolean): T | undefined {
    for (let link = this.#first; link; link = link.after) if (test(link.item)) return link.item
    return undefined
  }

  *[Symbol.iterator](): Generator<T> {
    for (let link = this.#first; link; link = link.after) yield link.item
  }
}
