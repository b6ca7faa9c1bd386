import { type Queryable, query, type Store, type Transaction } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { reviveSent, type SavedMessage, type SentMessage } from '../bot/sent-message.ts'
import { checkKey, checkNewKey } from '../check-key.ts'

type Revive = (saved: SavedMessage) => Promise<SentMessage>

interface Key {
  bot: string
  plugin: string
  key: string
}

const readValue = query<RuntimeTables>()((db, p: Key) =>
  db
    .selectFrom('state')
    .select('value')
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('key', '=', p.key),
)

const writeValue = query<RuntimeTables>()((db, p: Key & { value: string }) =>
  db
    .insertInto('state')
    .values({ bot: p.bot, plugin: p.plugin, key: p.key, value: p.value })
    .onConflict(conflict => conflict.columns(['bot', 'plugin', 'key']).doUpdateSet({ value: p.value })),
)

const deleteValue = query<RuntimeTables>()((db, p: Key) =>
  db.deleteFrom('state').where('bot', '=', p.bot).where('plugin', '=', p.plugin).where('key', '=', p.key),
)

/** Where values are kept, as JSON. */
export interface StateKeep {
  read(key: string): Promise<string | undefined>
  /** Resolves once it is on disk. */
  write(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
  /** Changes a value in one step. `make` may be called again. */
  change(key: string, make: (text: string | undefined) => string): Promise<void>
}

/** Keeps the values of a plugin of a bot in the store. */
export function storedState(store: Store<RuntimeTables>, owner: { bot: string; plugin: string }): StateKeep {
  const { bot, plugin } = owner
  const read = async (from: Queryable, key: string) =>
    (await from.first(readValue, { bot, plugin, key }))?.value
  const write = (tx: Transaction, key: string, value: string) =>
    tx.run(writeValue, { bot, plugin, key, value })
  return {
    read: key => read(store.read, key),
    async write(key, text) {
      await store.write(tx => write(tx, key, text))
    },
    async remove(key) {
      await store.write(tx => tx.run(deleteValue, { bot, plugin, key }))
    },
    async change(key, make) {
      await store.write(async tx => write(tx, key, make(await read(tx, key))))
    },
  }
}

/** What an instance of a plugin remembers: JSON values by key. */
export class PluginState {
  readonly #keep: StateKeep
  readonly #revive: Revive

  constructor(keep: StateKeep, revive: Revive) {
    this.#keep = keep
    this.#revive = revive
  }

  /**
   * The value, or `undefined`. Sent messages in it are such again.
   *
   * @throws AppError `state.key`  the key has half of a character in it
   */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    checkKey('state', key)
    const text = await this.#keep.read(key)
    return text === undefined ? undefined : ((await reviveSent(JSON.parse(text), this.#revive)) as T)
  }

  /**
   * Resolves once the value is on disk.
   *
   * @throws AppError `state.key`  the key has more than 1000 bytes, or half of a character in it
   */
  async set(key: string, value: unknown): Promise<void> {
    checkNewKey('state', key)
    await this.#keep.write(key, textOf(value))
  }

  /** Changes a value in one step, so that no other change comes in between; resolves with the new one. */
  async update<T>(key: string, change: (value: T | undefined) => T): Promise<T> {
    checkNewKey('state', key)
    let value!: T
    await this.#keep.change(key, text => {
      value = change(text === undefined ? undefined : (JSON.parse(text) as T))
      return textOf(value)
    })
    return value
  }

  async delete(key: string): Promise<void> {
    checkKey('state', key)
    await this.#keep.remove(key)
  }
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null'
