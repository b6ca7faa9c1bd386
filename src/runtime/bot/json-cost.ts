/** Characters that JSON writes as a backslash and a letter. */
const SHORT_ESCAPES = /["\\\b\f\n\r\t]/

/** How many code units of a text, from `start` on, fit into so many bytes of JSON. Never ends within a surrogate pair. */
export function unitsWithin(text: string, start: number, bytes: number): number {
  let left = bytes
  let at = start
  while (at < text.length) {
    const point = text.codePointAt(at)!
    left -= costOf(point)
    if (left < 0) break
    at += point > 0xffff ? 2 : 1
  }
  return at - start
}

/** Bytes that a text takes within JSON, its quotes not counted. */
export const jsonCost = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2

/** Bytes that a character takes in JSON. */
function costOf(point: number): number {
  if (point < 0x80) {
    if (SHORT_ESCAPES.test(String.fromCharCode(point))) return 2
    return point < 0x20 ? 6 : 1
  }
  if (point < 0x800) return 2
  if (point > 0xffff) return 4
  // Half of a character is written as an escape.
  return point >= 0xd800 && point <= 0xdfff ? 6 : 3
}
