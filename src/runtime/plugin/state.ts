import { query, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { reviveSent, type SavedMessage, type SentMessage } from '../bot/sent-message.ts'

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

/** What an instance of a plugin remembers: JSON values by key. */
export class PluginState {
  readonly #store: Store<RuntimeTables>
  readonly #bot: string
  readonly #plugin: string
  readonly #revive: Revive

  constructor(
    store: Store<RuntimeTables>,
    owner: {
      readonly bot: string
      readonly plugin: string
      readonly revive: Revive
    },
  ) {
    this.#store = store
    this.#bot = owner.bot
    this.#plugin = owner.plugin
    this.#revive = owner.revive
  }

  /** The value, or `undefined`. Sent messages in it are such again. */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    const row = await this.#store.read.first(readValue, this.#key(key))
    return row && ((await reviveSent(JSON.parse(row.value), this.#revive)) as T)
  }

  /** Resolves once the value is on disk. */
  async set(key: string, value: unknown): Promise<void> {
    await this.#store.write(tx =>
      tx.run(writeValue, { ...this.#key(key), value: JSON.stringify(value) ?? 'null' }),
    )
  }

  /** Changes a value in one step, so that no other change comes in between; resolves with the new one. */
  async update<T>(key: string, change: (value: T | undefined) => T): Promise<T> {
    return this.#store.write(async tx => {
      const row = await tx.first(readValue, this.#key(key))
      const value = change(row && (JSON.parse(row.value) as T))
      await tx.run(writeValue, { ...this.#key(key), value: JSON.stringify(value) ?? 'null' })
      return value
    })
  }

  async delete(key: string): Promise<void> {
    await this.#store.write(tx => tx.run(deleteValue, this.#key(key)))
  }

  #key(key: string): Key {
    return { bot: this.#bot, plugin: this.#plugin, key }
  }
}
