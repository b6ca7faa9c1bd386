import { closeSync, openSync, readSync } from 'node:fs'

/** Nothing that people write by hand is longer. */
export const MAX_FILE_BYTES = 1024 * 1024
const FIRST_BYTES = 16 * 1024

/** The whole file as text. @throws when it cannot be read, is not UTF-8 or longer than {@link MAX_FILE_BYTES} */
export type ReadText = (path: string) => string

/** Reads from the disk, never more than {@link MAX_FILE_BYTES}, so that `/dev/zero` is refused too. */
export const readText: ReadText = path => {
  const file = openSync(path, 'r')
  try {
    // Most are small, and there may be thousands.
    let bytes = Buffer.alloc(FIRST_BYTES)
    let length = 0
    for (;;) {
      if (length === bytes.length && length <= MAX_FILE_BYTES)
        bytes = Buffer.concat([bytes], Math.min(length * 16, MAX_FILE_BYTES + 1))
      const count = readSync(file, bytes, length, bytes.length - length, null)
      length += count
      if (count === 0 || length > MAX_FILE_BYTES) break
    }
    if (length > MAX_FILE_BYTES) throw new RangeError('is longer than 1 MiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
  } finally {
    closeSync(file)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
  EISDIR: 'is a folder, not a file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not text in UTF-8',
}

/** Why a file or folder could not be read, as the rest of a sentence that starts with its name. */
export function readFailure(thrown: unknown): string {
  if (thrown instanceof RangeError) return thrown.message
  const code = codeOf(thrown)
  return REASONS[code ?? ''] ?? `cannot be read${code === undefined ? '' : ` (${code})`}`
}

/** Whether reading failed because there is nothing of that name. */
export const isMissing = (thrown: unknown): boolean => REASONS[codeOf(thrown) ?? ''] === 'does not exist'

function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
