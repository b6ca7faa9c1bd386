import { fold } from './fold.ts'

/** A word that was found. */
export interface Finding {
  /** As it is in the list. */
  readonly word: string
  /** The span in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number
  readonly end: number
}

/** The state in which nothing is matched yet. */
const ROOT = 0
/** More than any UTF-16 unit, so that a state and a unit make one number. */
const UNITS = 0x10000

/**
 * Finds words of a list in texts, wherever they stand, however many there are: in one pass over the text
 * (Aho and Corasick, 1975). Texts and words are folded first, so that what looks alike is alike.
 */
export class WordFinder {
  /** The next state by state and letter. */
  readonly #next = new Map<number, number>()
  /** Where to go on when no letter fits: the longest end of what was matched that begins another word. */
  readonly #fallback: number[] = [ROOT]
  /** The longest word that ends in a state, by its index. */
  readonly #ending: (number | undefined)[] = [undefined]
  readonly #words: readonly string[]
  /** Lengths of the words once they are folded. */
  readonly #lengths: readonly number[]

  constructor(words: readonly string[]) {
    this.#words = words
    const folded = words.map(word => fold(word).text)
    this.#lengths = folded.map(word => word.length)
    const states: {
      readonly state: number
      readonly from: number
      readonly unit: number
      readonly depth: number
    }[] = []
    for (const [index, word] of folded.entries()) {
      let state = ROOT
      for (let depth = 0; depth < word.length; depth++) {
        const unit = word.charCodeAt(depth)
        const known = this.#next.get(state * UNITS + unit)
        if (known === undefined) {
          const added = this.#fallback.push(ROOT) - 1
          this.#next.set(state * UNITS + unit, added)
          states.push({ state: added, from: state, unit, depth })
          state = added
        } else state = known
      }
      if (state !== ROOT) this.#ending[state] ??= index
    }
    // The shorter ones first: what a state falls back to is shorter than itself.
    for (const { state, from, unit } of states.sort((a, b) => a.depth - b.depth)) {
      const fallback = from === ROOT ? ROOT : this.#step(this.#fallback[from]!, unit)
      this.#fallback[state] = fallback
      this.#ending[state] ??= this.#ending[fallback]
    }
  }

  /** The word that ends first in a text; of several that end there the longest. */
  find(original: string): Finding | undefined {
    const { text, starts, ends } = fold(original)
    let state = ROOT
    for (let at = 0; at < text.length; at++) {
      state = this.#step(state, text.charCodeAt(at))
      const index = this.#ending[state]
      if (index === undefined) continue
      return { word: this.#words[index]!, start: starts[at - this.#lengths[index]! + 1]!, end: ends[at]! }
    }
    return undefined
  }

  #step(from: number, unit: number): number {
    for (let state = from; ; state = this.#fallback[state]!) {
      const next = this.#next.get(state * UNITS + unit)
      if (next !== undefined) return next
      if (state === ROOT) return ROOT
    }
  }
}
