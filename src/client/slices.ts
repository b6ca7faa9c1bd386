import { byteLength } from '../protocol/index.ts'

/** Cuts items into lists of at most `max` of them whose JSON, commas included, takes at most `room` bytes; a larger item is alone. */
export async function* slices<T>(
  items: Iterable<T> | AsyncIterable<T>,
  max: number,
  room: number,
): AsyncGenerator<T[], void, undefined> {
  let slice: T[] = []
  let bytes = 0
  for await (const item of items) {
    // In a list JSON has null for what it has no word for.
    const size = byteLength(JSON.stringify(item) ?? 'null') + 1
    if (slice.length === max || (slice.length > 0 && bytes + size > room)) {
      yield slice
      slice = []
      bytes = 0
    }
    slice.push(item)
    bytes += size
  }
  if (slice.length > 0) yield slice
}
