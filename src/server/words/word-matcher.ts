interface Node {
  readonly next: Map<number, Node>
  /** Where the search goes on when no letter fits: the longest ending of what was read that is the beginning of a word. */
  otherwise: Node | undefined
  /** A word that ends here. */
  word: string | undefined
}

const node = (): Node => ({ next: new Map(), otherwise: undefined, word: undefined })

/** Looks for many words in one pass over a text (Aho and Corasick, 1975), however many there are. */
export class WordMatcher {
  readonly #root = node()

  /** @param words none of them empty */
  constructor(words: Iterable<string>) {
    for (const word of words) this.#plant(word)
    this.#link()
  }

  /** The word in the text that ends first; the longest one of several that end there. */
  find(text: string): string | undefined {
    const root = this.#root
    let at = root
    for (let i = 0; i < text.length; i++) {
      at = step(at, text.charCodeAt(i)) ?? root
      if (at.word !== undefined) return at.word
    }
    return undefined
  }

  #plant(word: string): void {
    let at = this.#root
    for (let i = 0; i < word.length; i++) {
      const letter = word.charCodeAt(i)
      let child = at.next.get(letter)
      if (!child) {
        child = node()
        at.next.set(letter, child)
      }
      at = child
    }
    at.word = word
  }

  /** Level by level, as the links of a level lead to those above. */
  #link(): void {
    const queue: Node[] = [this.#root]
    for (const parent of queue) {
      for (const [letter, child] of parent.next) {
        child.otherwise = (parent.otherwise && step(parent.otherwise, letter)) ?? this.#root
        child.word ??= child.otherwise.word
        queue.push(child)
      }
    }
  }
}

function step(from: Node, letter: number): Node | undefined {
  for (let at: Node | undefined = from; at; at = at.otherwise) {
    const child = at.next.get(letter)
    if (child) return child
  }
  return undefined
}
