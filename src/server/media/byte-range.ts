/** First and last byte of an answer. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * What a Range header asks for of `size` bytes: the range, `'unsatisfiable'`, or `undefined` when everything is to be
 * sent, as for no header, several ranges or one that makes no sense.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match) return undefined
  const [, from, to] = match as unknown as [string, string, string]
  if (from === '' && to === '') return undefined
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}
