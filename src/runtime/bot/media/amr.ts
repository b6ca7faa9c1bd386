/** Bytes of a frame after its first, by frame type (3GPP TS 26.101 and 26.201); absent types are reserved. */
const NARROW_BAND: Readonly<Record<number, number>> = {
  ...[12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5],
  15: 0,
}
const WIDE_BAND: Readonly<Record<number, number>> = {
  ...[17, 23, 32, 36, 40, 46, 50, 58, 60, 5],
  14: 0,
  15: 0,
}
const FRAMES_A_SECOND = 50

/**
 * How long an AMR voice clip lasts, in seconds: its frames of 20 ms, counted. A frame cut off at the end is not.
 *
 * @returns undefined when this is no AMR file of one channel, or a broken or empty one
 */
export function amrSeconds(bytes: Uint8Array): number | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 9)).toString('latin1')
  const wide = head === '#!AMR-WB\n'
  if (!wide && !head.startsWith('#!AMR\n')) return undefined
  const sizes = wide ? WIDE_BAND : NARROW_BAND
  let frames = 0
  let at = wide ? 9 : 6
  while (at < bytes.length) {
    const size = sizes[(bytes[at]! >> 3) & 15]
    if (size === undefined) return undefined
    at += 1 + size
    if (at <= bytes.length) frames++
  }
  return frames > 0 ? frames / FRAMES_A_SECOND : undefined
}
