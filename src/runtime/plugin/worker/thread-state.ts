import type { StateKeep } from '../state.ts'
import type { Link } from './link.ts'

/** What a plugin in a thread remembers: kept by the main thread. */
export function threadState(link: Link): StateKeep {
  /** The last change of each key that is under way. */
  const changes = new Map<string, Promise<void>>()
  const change = async (key: string, make: (text: string | undefined) => string) => {
    for (;;) {
      const former = await link.ask('read', [key])
      if (await link.ask('swap', [key, former, make(former)])) return
    }
  }
  return {
    read: key => link.ask('read', [key]),
    write: (key, text) => link.ask('write', [key, text]),
    remove: key => link.ask('remove', [key]),
    // One after the other, as those that are made at once would have each other start again and again.
    async change(key, make) {
      const turn = (changes.get(key) ?? Promise.resolve()).then(() => change(key, make))
      const settled = turn.catch(() => {})
      changes.set(key, settled)
      try {
        await turn
      } finally {
        if (changes.get(key) === settled) changes.delete(key)
      }
    },
  }
}
