import { createHmac, timingSafeEqual } from 'node:crypto'

/** What is signed beside the body comes in front of it. */
export type Signed = readonly [...front: string[], body: Buffer]

export type Encoding = 'hex' | 'base64'

/** The HMAC-SHA256 of some parts. */
export function hmacOf(key: string | Buffer, parts: Signed): Buffer {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

/**
 * Whether one of some signatures was made with one of some keys. Each is computed and compared, whichever fits.
 *
 * @param given  as they were sent; what is no signature at all fits none
 */
export function isSigned(
  keys: readonly (string | Buffer)[],
  given: readonly string[],
  encoding: Encoding,
  parts: Signed,
): boolean {
  const signatures = given.flatMap(text => digestOf(text, encoding) ?? [])
  if (signatures.length === 0) return false
  let fits = false
  for (const key of keys) {
    const right = hmacOf(key, parts)
    for (const signature of signatures) fits = timingSafeEqual(right, signature) || fits
  }
  return fits
}

/** The 32 bytes of a signature, or undefined when the text is none. */
function digestOf(text: string, encoding: Encoding): Buffer | undefined {
  if (encoding === 'hex') return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : undefined
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  // The last character has two bits to spare, which belong to no byte.
  return bytes.toString('base64').startsWith(text) ? bytes : undefined
}

/** A secret, to be compared with what is given. */
export const secretBytes = (secret: string): Buffer => Buffer.from(secret)

/** Takes as long wherever the two differ; that their lengths do may show. */
export const sameSecret = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)

/** As {@link sameSecret}, with one of several. */
export function isOneOf(given: string, expected: readonly Buffer[]): boolean {
  const bytes = Buffer.from(given)
  let fits = false
  for (const one of expected) fits = sameSecret(bytes, one) || fits
  return fits
}

export const asList = <T>(oneOrMore: T | readonly T[]): readonly T[] =>
  Array.isArray(oneOrMore) ? (oneOrMore as readonly T[]) : [oneOrMore as T]
