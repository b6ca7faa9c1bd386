import { randomFillSync } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Digits of the time, and of each half of the random part. */
const TIME_DIGITS = 10
const HALF_DIGITS = 8
const HALF = 32 ** HALF_DIGITS
const RANDOM_BYTES = 10
const DRAWS = 100

/** Makes ids that sort in the order in which they are made. */
export interface IdMaker {
  (): string
  /** From now on all ids sort after `id`, although the clock may have been set back since it was made. */
  follow(id: string): void
}

/** Makes ids that sort by the time they were made: 26 letters and digits (ULID), rising within a millisecond too. */
export function idMaker(now: () => number): IdMaker {
  let lastAt = -1
  let head = ''
  let count = 0
  // Drawn in advance, as a draw costs the same for ten bytes as for many.
  const random = Buffer.alloc(RANDOM_BYTES * DRAWS)
  let drawn = random.length
  const begin = (at: number) => {
    if (drawn === random.length) {
      randomFillSync(random)
      drawn = 0
    }
    lastAt = at
    head = encode(at, TIME_DIGITS) + encode(random.readUIntBE(drawn, 5), HALF_DIGITS)
    count = random.readUIntBE(drawn + 5, 5)
    drawn += RANDOM_BYTES
  }
  const makeId = () => {
    const at = now()
    if (at > lastAt) begin(at)
    else if (++count === HALF) begin(lastAt + 1)
    return head + encode(count, HALF_DIGITS)
  }
  const follow = (id: string) => {
    const at = decode(id.slice(0, TIME_DIGITS))
    if (at >= lastAt) begin(at + 1)
  }
  return Object.assign(makeId, { follow })
}

/** When an id was made, or a little earlier than it says: epoch ms. */
export const timeOf = (id: string): number => decode(id.slice(0, TIME_DIGITS))

/** Sorts before all ids that are made from a moment on (epoch ms), and after those made before. */
export const idAt = (at: number): string => encode(Math.max(0, at), TIME_DIGITS)

function encode(value: number, digits: number): string {
  let text = ''
  let left = value
  for (let i = 0; i < digits; i++) {
    text = ALPHABET[left % 32] + text
    left = Math.floor(left / 32)
  }
  return text
}

function decode(text: string): number {
  let value = 0
  for (const digit of text) value = value * 32 + ALPHABET.indexOf(digit)
  return value
}
