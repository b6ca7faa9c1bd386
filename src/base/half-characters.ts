/** A half of a character (a lone surrogate), as a text has that was cut in the middle of an emoji: UTF-8 cannot hold it. */
const HALF = /\p{Surrogate}/u
const HALVES = new RegExp(HALF, 'gu')
const UNKNOWN = '\uFFFD'

export const hasHalves = (text: string): boolean => HALF.test(text)

/** A text as UTF-8 holds it, with U+FFFD for each half. */
export const withoutHalves = (text: string): string =>
  hasHalves(text) ? text.replace(HALVES, UNKNOWN) : text
