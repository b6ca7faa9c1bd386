/** A text as words are looked for in it, and where its letters are in the original. */
export interface Folded {
  readonly text: string
  /** By the place in `text`: where the letter it came from begins in the original, and where that ends. */
  readonly starts: ArrayLike<number>
  readonly ends: ArrayLike<number>
}

/** Letters that show nothing: zero-width spaces and joiners, soft hyphens, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u
const INVISIBLES = /\p{Default_Ignorable_Code_Point}/gu

/** A letter with the marks that belong to it; the parts of a Korean syllable; a half-width kana with its sound mark. */
const CLUSTER = /[\u1100-\u115e][\u1161-\u11a7][\u11a8-\u11ff]?|[\s\S][\p{M}\uff9e\uff9f]*/gu

const ASCII = /^[\x00-\x7f]*$/

/**
 * Makes texts that look alike the same: letter case, full and half width, compatibility forms and invisible characters
 * make no difference (Unicode NFKC).
 */
export function fold(original: string): Folded {
  if (ASCII.test(original)) return { text: original.toLowerCase(), ...plainPlaces(original.length) }
  const visible = INVISIBLE.test(original) ? original.replace(INVISIBLES, '') : original
  const places = placesOf(original, visible)
  const starts: number[] = []
  const ends: number[] = []
  let text = ''
  for (const { 0: cluster, index } of visible.matchAll(CLUSTER)) {
    // By way of the upper case, so that also ß and ss, and both small sigmas, are the same.
    const folded = cluster.normalize('NFKC').toUpperCase().toLowerCase()
    for (let i = 0; i < folded.length; i++) {
      starts.push(places[index]!)
      ends.push(places[index + cluster.length - 1]! + 1)
    }
    text += folded
  }
  return { text, starts, ends }
}

/** Where each UTF-16 unit of `visible` is in the original. */
function placesOf(original: string, visible: string): number[] {
  const places: number[] = []
  for (let at = 0, next = 0; next < visible.length; ) {
    const letter = String.fromCodePoint(original.codePointAt(at)!)
    if (!INVISIBLE.test(letter)) {
      for (let i = 0; i < letter.length; i++) places.push(at + i)
      next += letter.length
    }
    at += letter.length
  }
  return places
}

function plainPlaces(length: number): Pick<Folded, 'starts' | 'ends'> {
  const starts = Array.from({ length }, (_, index) => index)
  return { starts, ends: starts.map(start => start + 1) }
}
