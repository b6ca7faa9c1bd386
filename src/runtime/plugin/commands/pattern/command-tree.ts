import { folded, isSpaceAt } from './command-word.ts'

/** A word of commands' names: the command that ends with it, and the words that may follow. */
export class Branch<T> {
  /** All words up to here, as they were first written. */
  readonly path: string
  value: T | undefined
  /** Most end here. */
  #next: Map<string, Branch<T>> | undefined
  /** Where this is another name for: what may follow there may follow here, too. */
  #meaning: Branch<T> | undefined

  constructor(path: string) {
    this.path = path
  }

  get(word: string): Branch<T> | undefined {
    return this.#next?.get(word) ?? this.#meaning?.get(word)
  }

  /** The words that may follow, folded. */
  get words(): Iterable<string> {
    return this.#next?.keys() ?? NOTHING
  }

  get isEmpty(): boolean {
    return this.value === undefined && this.#next === undefined
  }

  /** Whether no words may follow. */
  get isLast(): boolean {
    return this.#next === undefined && (this.#meaning?.isLast ?? true)
  }

  /** What is here and behind, in the order in which it was put there. */
  *all(): Generator<T> {
    if (this.value !== undefined) yield this.value
    for (const branch of this.#next?.values() ?? NOTHING) yield* branch.all()
  }

  /** The branch that a word leads to, made if need be. */
  grow(word: string): Branch<T> {
    const key = folded(word)
    this.#next ??= new Map()
    let branch = this.#next.get(key)
    if (!branch) {
      branch = new Branch(this.path === '' ? word : `${this.path} ${word}`)
      this.#next.set(key, branch)
    }
    return branch
  }

  means(other: Branch<T>): void {
    this.#meaning = other
  }

  /** Takes a value away from the end of a path, and words that lead nowhere any more. */
  prune(words: readonly string[], value: T): void {
    const [word, ...rest] = words
    if (word === undefined) {
      if (this.value === value) this.value = undefined
      this.#meaning = undefined
      return
    }
    const key = folded(word)
    const branch = this.#next?.get(key)
    branch?.prune(rest, value)
    if (branch?.isEmpty) this.#next!.delete(key)
    if (this.#next?.size === 0) this.#next = undefined
  }
}

const NOTHING: readonly never[] = []

/** Where a text leads: the last branch that its words fit, and what follows them. */
export interface Found<T> {
  readonly branch: Branch<T>
  /** The words as they were written. */
  readonly called: string
  readonly rest: string
}

/** Things by names of one or more words. Finding one costs the same however many there are. */
export class CommandTree<T> {
  readonly #root = new Branch<T>('')

  /** The first words of all names, folded. */
  get words(): Iterable<string> {
    return this.#root.words
  }

  has(word: string): boolean {
    return this.#root.get(word) !== undefined
  }

  /** What stands at a name. */
  at(name: string): T | undefined {
    return this.#reach(name.split(' '))?.value
  }

  /**
   * Puts a value at a name, and at others that mean the same. No name of these may have a value.
   *
   * @returns takes it away again
   */
  add(name: string, others: readonly string[], value: T): () => void {
    const own = this.#grow(name)
    own.value = value
    for (const other of others) {
      const branch = this.#grow(other)
      if (branch === own) continue
      branch.value = value
      branch.means(own)
    }
    return () => {
      for (const path of [name, ...others]) this.#root.prune(path.split(' '), value)
    }
  }

  /** The longest name that a text begins with. */
  find(text: string): Found<T> | undefined {
    let branch = this.#root
    let at = 0
    for (let end = wordEnd(text, at); end > at; end = wordEnd(text, skipSpace(text, at))) {
      const start = skipSpace(text, at)
      const next = branch.get(folded(text.slice(start, end)))
      if (!next) break
      branch = next
      at = end
      if (branch.isLast) break
    }
    return branch === this.#root
      ? undefined
      : { branch, called: oneSpace(text.slice(0, at)), rest: text.slice(at).trimStart() }
  }

  #grow(path: string): Branch<T> {
    return path.split(' ').reduce((branch, word) => branch.grow(word), this.#root)
  }

  #reach(words: readonly string[]): Branch<T> | undefined {
    let branch: Branch<T> | undefined = this.#root
    for (const word of words) branch = branch?.get(folded(word))
    return branch
  }
}

/** Words with one space between them. */
const oneSpace = (words: string): string => (/\s/.test(words) ? words.replace(/\s+/g, ' ') : words)

/** Longer words are no names. */
const LONGEST_WORD = 100

function wordEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && end - from <= LONGEST_WORD && !isSpaceAt(text, end)) end++
  return end
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpaceAt(text, at)) at++
  return at
}
