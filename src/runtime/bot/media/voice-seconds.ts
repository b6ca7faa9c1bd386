import { AppError } from '../../../base/errors.ts'
import { amrSeconds } from './amr.ts'

/** Durations are computed with fractions; a clip of exactly two seconds must not become three. */
const ROUNDING_ERROR = 1e-6

/**
 * How long a voice clip lasts, in whole seconds, rounded up and at least 1.
 *
 * Knows AMR, and what music-metadata reads (mp3, m4a, wav, ogg); that is loaded when first needed.
 *
 * @param name  the file's name; its extension tells what it is when the bytes do not
 * @throws AppError `media.duration` when it cannot be told
 */
export async function voiceSeconds(bytes: Uint8Array, name: string): Promise<number> {
  let seconds: number | undefined
  let cause: unknown
  try {
    seconds = amrSeconds(bytes) ?? (await metadataSeconds(bytes, name))
  } catch (thrown) {
    cause = thrown
  }
  if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0)
    throw new AppError(`How long the voice clip '${name}' lasts cannot be told from it`, {
      code: 'media.duration',
      hint: 'Pass `duration` in seconds along with the clip; amr, mp3, m4a, wav and ogg tell it themselves',
      cause,
    })
  return Math.max(1, Math.ceil(seconds - ROUNDING_ERROR))
}

async function metadataSeconds(bytes: Uint8Array, name: string): Promise<number | undefined> {
  const { parseBuffer } = await import('music-metadata')
  const read = async (path?: string) => {
    const file = { path, size: bytes.byteLength }
    return (await parseBuffer(bytes, file, { duration: true, skipCovers: true })).format.duration
  }
  // Given a name, it believes that rather than the bytes; phones name clips wrongly.
  return (await read().catch(() => undefined)) || read(name)
}
