import { AppError } from '../base/errors.ts'

/** A key is part of an index, and those of PostgreSQL hold no more than 2.7 kB in all. In bytes of UTF-8. */
const LONGEST_KEY_BYTES = 1000

/** @throws AppError `state.key`, `job.key` */
export function checkKeyLength(of: 'state' | 'job', key: string): void {
  const bytes = Buffer.byteLength(key)
  if (bytes <= LONGEST_KEY_BYTES) return
  throw new AppError(
    `the ${of} key '${key.slice(0, 40)}…' has ${bytes} bytes; it can have ${LONGEST_KEY_BYTES} at most`,
    { code: `${of}.key`, hint: 'Take a shorter key, such as a hash of it.' },
  )
}
