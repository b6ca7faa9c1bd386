const LONGEST_WORD = 60

/** The candidate that `word` was most likely meant to be, if one is close enough. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  return nearest(word, candidates)?.candidate
}

/**
 * As {@link closest}, with how far off it is.
 *
 * @param accept  asked of those only that are closer than what was found before
 */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  accept: (candidate: string) => boolean = () => true,
): { readonly candidate: string; readonly distance: number } | undefined {
  if (word.length > LONGEST_WORD) return undefined
  const wanted = word.toLowerCase()
  const letters = lettersOf(wanted)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    // A change takes one letter away and brings another.
    if (countBits(letters ^ lettersOf(candidate)) > 2 * (bestDistance - 1)) continue
    const known = candidate.toLowerCase()
    const distance = isSwapped(wanted, known) ? 1 : levenshtein(wanted, known)
    if (distance < bestDistance && distance < candidate.length && accept(candidate))
      [best, bestDistance] = [candidate, distance]
  }
  return best === undefined ? undefined : { candidate: best, distance: bestDistance }
}

/** Which letters are in a word, as bits: several letters share one. Capital letters are as small ones. */
function lettersOf(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31)
  return bits
}

function countBits(bits: number): number {
  let left = bits
  let count = 0
  for (; left !== 0; count++) left &= left - 1
  return count
}

/** Whether two neighbouring letters of one stand the other way round in the other: the commonest slip of all. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return (
    at + 1 < a.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  )
}

/** How many letters have to be put in, taken out or changed to make `b` of `a`. */
export function levenshtein(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const here = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      here.push(Math.min(change, above[column]! + 1, here[column - 1]! + 1))
    }
    above = here
  }
  return above[b.length]!
}
