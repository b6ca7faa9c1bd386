import type { Clock } from '../../../base/clock.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import {
  deleteValue,
  highestValues,
  readValue,
  type StateOwner,
  valuesAfter,
  writeValue,
} from './state-rows.ts'

/** Where values of one kind are: the plain ones of an instance, or those of a definition. */
export interface StateShelf {
  /** Name of the definition; empty for plain values. */
  readonly name: string
  /** Whether all have it in common that use the plugin. */
  readonly isShared: boolean
}

export const PLAIN_SHELF: StateShelf = { name: '', isShared: false }

/** How a value is changed. */
export interface ChangeHow {
  /** How long it is kept from now on. Default: as long as it is already. */
  readonly ttlMs?: number | undefined
  /** Names the change: one of this name that was made before is not made again. */
  readonly once?: string | undefined
}

/** Values by keys after `after`, or the highest ones. */
export type StateRange = { readonly limit: number } & (
  | { readonly by: 'key'; readonly after: string }
  | { readonly by: 'value' }
)

export interface StateEntry {
  readonly key: string
  readonly value: string
}

/** Where values are kept, as JSON. What has expired is as if it were not there. */
export interface StateKeep {
  read(shelf: StateShelf, key: string): Promise<string | undefined>
  /** Resolves once it is on disk. Without `ttlMs` it is kept for good. */
  write(shelf: StateShelf, key: string, text: string, ttlMs?: number): Promise<void>
  remove(shelf: StateShelf, key: string): Promise<void>
  /**
   * Changes a value in one step. `make` may be called again.
   *
   * @returns what came of it; of a change that was made before, what came of it then
   */
  change(
    shelf: StateShelf,
    key: string,
    make: (text: string | undefined) => string,
    how?: ChangeHow,
  ): Promise<string | undefined>
  list(shelf: StateShelf, range: StateRange): Promise<readonly StateEntry[]>
}

/** So long a change is known that is to be made once. */
const ONCE_MS = 7 * 86_400_000
/** What came of such a change is kept with it up to this length; it is in the value then, too. */
const LONGEST_OUTCOME = 4096

export interface StoredStateOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  /** Of the instance. */
  readonly owner: StateOwner
  /** Of what all have in common that use the plugin. */
  readonly shared: StateOwner
}

/** Keeps the values of a plugin of a bot in the store. */
export function storedState({ store, clock, owner, shared }: StoredStateOptions): StateKeep {
  const ownerOf = ({ name, isShared }: StateShelf): StateOwner => {
    const { bot, plugin } = isShared ? shared : owner
    // No name of an instance has a slash in it.
    return { bot, plugin: name === '' ? plugin : `${plugin}/${name}` }
  }
  const live = (row: { value: string; expiresAt: number | null } | undefined) =>
    row && (row.expiresAt === null || row.expiresAt > clock.now()) ? row : undefined
  return {
    async read(shelf, key) {
      return live(await store.read.first(readValue, { ...ownerOf(shelf), key }))?.value
    },
    async write(shelf, key, value, ttlMs) {
      const expiresAt = ttlMs === undefined ? null : clock.now() + ttlMs
      await store.write(tx => tx.run(writeValue, { ...ownerOf(shelf), key, value, expiresAt }))
    },
    async remove(shelf, key) {
      await store.write(tx => tx.run(deleteValue, { ...ownerOf(shelf), key }))
    },
    change(shelf, key, make, { ttlMs, once } = {}) {
      const row = { ...ownerOf(shelf), key }
      const note = { bot: row.bot, plugin: `${row.plugin}#once`, key: `${once} ${key}` }
      return store.write(async tx => {
        const made = once === undefined ? undefined : live(await tx.first(readValue, note))
        if (made && made.value !== '') return made.value
        const former = live(await tx.first(readValue, row))
        if (made) return former?.value
        const value = make(former?.value)
        const now = clock.now()
        const expiresAt = ttlMs === undefined ? (former?.expiresAt ?? null) : now + ttlMs
        await tx.run(writeValue, { ...row, value, expiresAt })
        if (once !== undefined) {
          const outcome = value.length > LONGEST_OUTCOME ? '' : value
          await tx.run(writeValue, { ...note, value: outcome, expiresAt: now + ONCE_MS })
        }
        return value
      })
    },
    list(shelf, range) {
      const page = { ...ownerOf(shelf), now: clock.now(), limit: range.limit }
      return range.by === 'value'
        ? store.read.all(highestValues, page)
        : store.read.all(valuesAfter, { ...page, after: range.after })
    },
  }
}

/** In place of a bot's name: what all have in common that use a plugin. No file of a bot has such a name. */
export const SHARED_BY_ALL = ''

/** In the shadow, what is shared by all is not changed: there it is a bot's own. */
export const sharedInShadow = (bot: string): string => `shadow/${bot}`
