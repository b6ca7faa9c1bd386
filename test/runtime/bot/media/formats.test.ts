import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentHash, imageFormat, voiceSeconds } from '../../../../src/runtime/bot/media/index.ts'

describe('contentHash', () => {
  test('is the SHA-256 of the bytes', () => {
    expect(contentHash(Buffer.from('abc'))).toBe(createHash('sha256').update('abc').digest('hex'))
    expect(contentHash(new Uint8Array([97, 98, 99]))).toBe(contentHash(Buffer.from('abc')))
  })
})

describe('imageFormat', () => {
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

  test.each([
    ['png', Buffer.from(pixel, 'base64')],
    ['jpg', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['gif', Buffer.from('GIF89a\x01\0\x01\0', 'latin1')],
    ['gif', Buffer.from('GIF87a\x01\0\x01\0', 'latin1')],
    ['bmp', Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0', 'latin1')],
    [undefined, Buffer.from('BMW is a maker of cars')],
    [undefined, Buffer.from('RIFF____WEBP')],
    [undefined, Buffer.from('\x89PNG')],
    [undefined, Buffer.alloc(0)],
  ])('tells %s by the first bytes', (format, bytes) => {
    expect(imageFormat(bytes)).toBe(format)
    expect(imageFormat(new Uint8Array([0, ...bytes]).subarray(1))).toBe(format)
  })
})

/** A clip of silence: 8000 samples a second, one byte each. */
function wav(samples: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(8_000, 28)
  header.writeUInt16LE(1, 32)
  header.writeUInt16LE(8, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples, 40)
  return Buffer.concat([header, Buffer.alloc(samples, 128)])
}

/** Frames of 128 kbit/s at 44.1 kHz, each 417 bytes and 1152 samples long. */
function mp3(frames: number): Buffer {
  const frame = Buffer.alloc(417)
  frame.writeUInt32BE(0xfffb9064, 0)
  return Buffer.concat(Array.from({ length: frames }, () => frame))
}

/** An AMR clip of the given frames: each a type and the number of bytes that follow. */
const amr = (magic: string, frames: [type: number, size: number][]) =>
  Buffer.concat([
    Buffer.from(magic),
    ...frames.map(([type, size]) => Buffer.concat([Buffer.from([(type << 3) | 4]), Buffer.alloc(size)])),
  ])

const repeat = (count: number, frame: [number, number]) => Array.from({ length: count }, () => frame)

describe('voiceSeconds', () => {
  test.each([
    ['two seconds of wav', wav(16_000), 'a.wav', 2],
    ['a sample more', wav(16_001), 'a.wav', 3],
    ['a moment', wav(80), 'a.wav', 1],
    ['a wrong name', wav(24_000), 'a.mp3', 3],
    ['no name', wav(24_000), '', 3],
    ['mp3', mp3(77), 'a.mp3', 3],
    ['AMR of 12.2 kbit/s', amr('#!AMR\n', repeat(100, [7, 31])), 'a.amr', 2],
    ['AMR of 4.75 kbit/s', amr('#!AMR\n', repeat(101, [0, 12])), 'a', 3],
    ['AMR with silence', amr('#!AMR\n', [...repeat(40, [7, 31]), [8, 5], ...repeat(9, [15, 0])]), 'a.amr', 1],
    ['wide-band AMR', amr('#!AMR-WB\n', [...repeat(150, [8, 60]), [9, 5], [14, 0]]), 'a.awb', 4],
    ['AMR cut off', amr('#!AMR\n', repeat(51, [7, 31])).subarray(0, -1), 'a.amr', 1],
  ])('of %s', async (_, bytes, name, seconds) => {
    expect(await voiceSeconds(bytes, name)).toBe(seconds)
    expect(await voiceSeconds(new Uint8Array([0, ...bytes]).subarray(1), name)).toBe(seconds)
  })

  test.each([
    ['text', Buffer.from('just a text, and no voice clip at all')],
    ['nothing', Buffer.alloc(0)],
    ['an AMR header alone', Buffer.from('#!AMR\n')],
    ['an AMR of reserved frames', amr('#!AMR\n', repeat(10, [13, 0]))],
    ['an AMR of many channels', amr('#!AMR_MC1.0\n', repeat(10, [7, 31]))],
  ])('cannot be told of %s', async (_, bytes) => {
    await expect(voiceSeconds(bytes, 'clip.amr')).rejects.toMatchObject({
      code: 'media.duration',
      message: expect.stringContaining("'clip.amr'"),
      hint: expect.stringContaining('`duration`'),
    })
  })

  test('is at least 1 and whole, or an error, whatever the bytes', async () => {
    const magic = fc.constantFrom('#!AMR\n', '#!AMR-WB\n', 'RIFF', 'OggS', 'ID3', '\xff\xfb', '')
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        const bytes = Buffer.concat([Buffer.from(head, 'latin1'), tail])
        const seconds = await voiceSeconds(bytes, 'x').catch(error => error)
        if (typeof seconds === 'number') expect(Number.isInteger(seconds) && seconds >= 1).toBe(true)
        else expect(seconds).toMatchObject({ code: 'media.duration' })
      }),
      { seed: 41, numRuns: 300 },
    )
  })
})
