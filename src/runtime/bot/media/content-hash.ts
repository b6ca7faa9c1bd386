import { createHash } from 'node:crypto'

/** SHA-256 in hex: equal for equal bytes, so that what was uploaded once need not be uploaded again. */
export const contentHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
