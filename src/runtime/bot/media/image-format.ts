export type ImageFormat = 'jpg' | 'png' | 'gif' | 'bmp'

/** What an image is by its first bytes, whatever its name says; undefined when it is none of these. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'jpg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif'
  // Two letters are little proof; the four reserved bytes that follow the size are zero.
  if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') return 'bmp'
  return undefined
}
