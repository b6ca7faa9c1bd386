import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes ids that sort by the time they were made: 26 letters and digits (ULID), rising within a millisecond too. */
export function idMaker(now: () => number): () => string {
  let lastAt = -1
  let prefix = ''
  let random = 0n
  return () => {
    const at = Math.max(now(), lastAt)
    if (at === lastAt) random += 1n
    else {
      lastAt = at
      prefix = encode(BigInt(at), 10)
      // The top bit stays free, so that counting up never overflows.
      random = BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n
    }
    return prefix + encode(random, 16)
  }
}

function encode(value: bigint, length: number): string {
  let text = ''
  let high = Number(value >> 40n)
  let low = Number(value & 0xffffffffffn)
  for (let i = 0; i < length; i++) {
    if (i === 8) low = high
    text = ALPHABET[low % 32] + text
    low = Math.floor(low / 32)
  }
  high = low
  return text
}
