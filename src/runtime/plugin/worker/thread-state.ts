import type { ChangeHow, StateKeep, StateShelf } from '../state/state-keep.ts'
import type { Link } from './link.ts'

/** What a plugin in a thread remembers: kept by the main thread. */
export function threadState(link: Link): StateKeep {
  /** The last change of each value that is under way. */
  const changes = new Map<string, Promise<unknown>>()
  const change = async (
    shelf: StateShelf,
    key: string,
    make: (text: string | undefined) => string,
    how: ChangeHow = {},
  ) => {
    for (;;) {
      const former = await link.ask('read', [shelf, key])
      const swapped = await link.ask('swap', [shelf, key, former, make(former), how])
      if (swapped) return swapped.text
    }
  }
  return {
    read: (shelf, key) => link.ask('read', [shelf, key]),
    write: (shelf, key, text, ttlMs) => link.ask('write', [shelf, key, text, ttlMs]),
    remove: (shelf, key) => link.ask('remove', [shelf, key]),
    list: (shelf, range) => link.ask('list', [shelf, range]),
    // One after the other, as those that are made at once would have each other start again and again.
    async change(shelf, key, make, how) {
      const value = JSON.stringify([shelf.name, key])
      const turn = (changes.get(value) ?? Promise.resolve()).then(() => change(shelf, key, make, how))
      const settled = turn.catch(() => {})
      changes.set(value, settled)
      try {
        return await turn
      } finally {
        if (changes.get(value) === settled) changes.delete(value)
      }
    },
  }
}
