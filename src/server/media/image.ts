import { Refusal } from '../refusal.ts'

export interface ImageFacts {
  readonly format: 'jpg' | 'png' | 'gif' | 'bmp'
  readonly width: number
  readonly height: number
}

/** How files of these formats begin. Nothing else gets as far as the parser. */
const beginnings: readonly (readonly [ImageFacts['format'], Buffer])[] = [
  ['jpg', Buffer.of(0xff, 0xd8, 0xff)],
  ['png', Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ['gif', Buffer.from('GIF8')],
  ['bmp', Buffer.from('BM')],
]

/** Format and size of an image, by its bytes; refuses what is no image of a known format. */
export async function imageFacts(bytes: Buffer): Promise<ImageFacts> {
  const format = beginnings.find(([, start]) => bytes.subarray(0, start.length).equals(start))?.[0]
  const size = format && (await sizeOf(bytes))
  if (!format || !size) throw new Refusal(899003, 'file must be a jpg, png, gif or bmp image')
  return { format, ...size }
}

async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number } | undefined> {
  const { imageSize } = await import('image-size')
  try {
    // A copy: of a part of a larger buffer, it would read on beyond the end.
    const { width, height } = imageSize(Uint8Array.from(bytes))
    // Of a file that is cut short, zero or nonsense is read.
    return width > 0 && height > 0 ? { width, height } : undefined
  } catch {
    return undefined
  }
}
