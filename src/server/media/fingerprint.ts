import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

const BLOCK = 4 * 1024 * 1024
const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest()

export interface Fingerprint {
  /** CRC-32 of the bytes, unsigned. */
  readonly crc: number
  /** 28 letters, as the storage provider of the original tags files. */
  readonly hash: string
}

/** What a receiver checks a download with. */
export function fingerprint(bytes: Buffer): Fingerprint {
  return { crc: crc32(bytes), hash: tag(bytes).toString('base64url') }
}

/** 0x16 and the SHA-1 of the bytes; above 4 MiB, 0x96 and the SHA-1 of the SHA-1s of the 4 MiB blocks. */
function tag(bytes: Buffer): Buffer {
  if (bytes.length <= BLOCK) return Buffer.concat([Buffer.of(0x16), sha1(bytes)])
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += BLOCK) blocks.push(sha1(bytes.subarray(at, at + BLOCK)))
  return Buffer.concat([Buffer.of(0x96), sha1(Buffer.concat(blocks))])
}
