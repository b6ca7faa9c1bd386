import { AppError } from '../base/errors.ts'
import { hasHalves } from '../base/half-characters.ts'

type Of = 'state' | 'job'

/** A key is part of an index, and those of PostgreSQL hold no more than 2.7 kB in all. In bytes of UTF-8. */
const LONGEST_KEY_BYTES = 1000

/**
 * For a key by which something is to be kept.
 *
 * @throws AppError `state.key`, `job.key`
 */
export function checkNewKey(of: Of, key: string): void {
  checkKey(of, key)
  const bytes = Buffer.byteLength(key)
  if (bytes <= LONGEST_KEY_BYTES) return
  throw new AppError(
    `the ${of} key '${key.slice(0, 40)}…' has ${bytes} bytes; it can have ${LONGEST_KEY_BYTES} at most`,
    { code: `${of}.key`, hint: 'Take a shorter key, such as a hash of it.' },
  )
}

/**
 * For a key by which something is looked for: databases do not tell halves of characters apart.
 *
 * @throws AppError `state.key`, `job.key`
 */
export function checkKey(of: Of, key: string): void {
  if (!hasHalves(key)) return
  throw new AppError(`the ${of} key ${JSON.stringify(key.slice(0, 40))} has half of a character in it`, {
    code: `${of}.key`,
    hint: "Cut texts between characters: [...text].slice(0, 10).join('').",
  })
}
