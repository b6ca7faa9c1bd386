import { folded } from '../commands/pattern/command-word.ts'

/** The state in which nothing is matched yet. */
const ROOT = 0
/** More than any UTF-16 unit, so that a state and a unit make one number. */
const UNITS = 0x10000

/**
 * Tells whether a text holds any of some words, wherever they stand, however many there are: in one pass over the text
 * (Aho and Corasick, 1975). Both are folded, see {@link folded}.
 */
export class KeywordFinder {
  /** The next state by state and letter. */
  readonly #next = new Map<number, number>()
  /** Where to go on when no letter fits: the longest end of what was matched that begins another word. */
  readonly #fallback: number[] = [ROOT]
  /** Whether a word ends in a state. */
  readonly #isEnd: boolean[] = [false]

  /** @param words  none of them empty */
  constructor(words: readonly string[]) {
    const levels: [state: number, from: number, unit: number][][] = []
    for (const word of words) this.#addWord(folded(word), levels)
    // Level by level: what a state falls back to is shorter than itself.
    for (const [state, from, unit] of levels.flat()) {
      const fallback = from === ROOT ? ROOT : this.#step(this.#fallback[from]!, unit)
      this.#fallback[state] = fallback
      this.#isEnd[state] ||= this.#isEnd[fallback]!
    }
  }

  /** @param text  folded already */
  isIn(text: string): boolean {
    let state = ROOT
    for (let at = 0; at < text.length; at++) {
      state = this.#step(state, text.charCodeAt(at))
      if (this.#isEnd[state]) return true
    }
    return false
  }

  #addWord(word: string, levels: [number, number, number][][]): void {
    let state = ROOT
    for (let depth = 0; depth < word.length; depth++) {
      const unit = word.charCodeAt(depth)
      const key = state * UNITS + unit
      let next = this.#next.get(key)
      if (next === undefined) {
        next = this.#fallback.push(ROOT) - 1
        this.#isEnd.push(false)
        this.#next.set(key, next)
        levels[depth] ??= []
        levels[depth]!.push([next, state, unit])
      }
      state = next
    }
    if (state !== ROOT) this.#isEnd[state] = true
  }

  #step(from: number, unit: number): number {
    for (let state = from; ; state = this.#fallback[state]!) {
      const next = this.#next.get(state * UNITS + unit)
      if (next !== undefined) return next
      if (state === ROOT) return ROOT
    }
  }
}
