import type { z } from 'zod'
import { AppError } from '../../../base/errors.ts'
import { reviveSent, type SavedMessage, type SentMessage } from '../../bot/sent-message.ts'
import { checkKey, checkNewKey } from '../../check-key.ts'
import type { DefinedState, DefineStateOptions, StateScope } from './defined-state.ts'
import { KeptValues } from './kept-values.ts'
import { PLAIN_SHELF, type StateKeep } from './state-keep.ts'
import { keyOfConversation, keyOfPerson } from './state-key.ts'
import { type ChangeOptions, onceOf, type SetOptions, ttlOf } from './state-options.ts'
import { StateSchema } from './state-schema.ts'

type Revive = (saved: SavedMessage) => Promise<SentMessage>

const NAME = /^[A-Za-z][\w.-]{0,63}$/
const SCOPES: readonly StateScope[] = ['bot', 'plugin', 'conversation', 'person']

/** What an instance of a plugin remembers: JSON values by key, and values that have a schema. */
export class PluginState {
  readonly #keep: StateKeep
  readonly #revive: Revive
  readonly #plugin: string
  readonly #defined = new Set<string>()

  /** @param plugin  name of the instance, for people */
  constructor(keep: StateKeep, revive: Revive, plugin: string) {
    this.#keep = keep
    this.#revive = revive
    this.#plugin = plugin
  }

  /**
   * The value, or `undefined`. Sent messages in it are such again.
   *
   * @throws AppError `state.key`  the key has half of a character in it
   */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    checkKey('state', key)
    const text = await this.#keep.read(PLAIN_SHELF, key)
    return text === undefined ? undefined : ((await reviveSent(JSON.parse(text), this.#revive)) as T)
  }

  /**
   * Resolves once the value is on disk.
   *
   * @throws AppError `state.key`  the key has more than 1000 bytes, or half of a character in it
   */
  async set(key: string, value: unknown, options: SetOptions = {}): Promise<void> {
    checkNewKey('state', key)
    await this.#keep.write(PLAIN_SHELF, key, textOf(value), ttlOf(options))
  }

  /**
   * Changes a value in one step, so that no other change comes in between; resolves with the new one. It is kept as long
   * as it would have been, unless a `ttl` is given.
   */
  async update<T>(
    key: string,
    change: (value: T | undefined) => T,
    options: SetOptions & ChangeOptions = {},
  ): Promise<T> {
    checkNewKey('state', key)
    const how = { ttlMs: ttlOf(options), once: onceOf(options) }
    const parse = (text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as T))
    let made: { readonly value: T; readonly text: string } | undefined
    const text = await this.#keep.change(
      PLAIN_SHELF,
      key,
      former => {
        const value = change(parse(former))
        made = { value, text: textOf(value) }
        return made.text
      },
      how,
    )
    return made && made.text === text ? made.value : (parse(text) as T)
  }

  async delete(key: string): Promise<void> {
    checkKey('state', key)
    await this.#keep.remove(PLAIN_SHELF, key)
  }

  /**
   * Declares a value by its schema: it is checked when it is written and when it is read, and apart from those that have
   * only a key. To be called once for each name, in `setup`.
   *
   * @param name  a letter, then letters, digits, `_`, `.` and `-`, 64 at most
   * @throws AppError `state.name`, `state.twice`, `state.per`, `state.ttl`, `duration.invalid`
   */
  define<Schema extends z.ZodType, const Per extends StateScope = 'bot'>(
    name: string,
    schema: Schema,
    options: DefineStateOptions<Schema, Per> = {},
  ): DefinedState<Schema, Per> {
    const per: StateScope = options.per ?? 'bot'
    this.#check(name, per)
    const ttlMs = ttlOf(options)
    const { migrate } = options
    const kept = new KeptValues({
      keep: this.#keep,
      shelf: { name, isShared: per === 'plugin' },
      schema: new StateSchema({ schema, name, plugin: this.#plugin, migrate }),
      ttlMs,
    })
    this.#defined.add(name)
    if (per === 'person') return keyed(kept, keyOfPerson) as never
    if (per === 'conversation') return keyed(kept, keyOfConversation) as never
    return single(kept) as never
  }

  #check(name: string, per: StateScope): void {
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new AppError(`'${name}' cannot be the name of a value`, {
        code: 'state.name',
        hint: 'It begins with a letter, and has up to 64 letters, digits, _ . -',
      })
    }
    if (this.#defined.has(name)) {
      throw new AppError(`the value '${name}' is defined twice`, {
        code: 'state.twice',
        hint: 'Define it once, in setup, or give one another name.',
      })
    }
    if (!SCOPES.includes(per)) {
      throw new AppError(`the value '${name}' cannot be per ${per}`, {
        code: 'state.per',
        hint: `Write one of ${SCOPES.join(', ')}.`,
      })
    }
  }
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** Async, so that a wrong key is a rejection, too. */
const keyed = <Key>(kept: KeptValues, keyOf: (of: Key) => string) => ({
  get: async (of: Key) => kept.get(keyOf(of)),
  set: async (of: Key, value: unknown) => kept.set(keyOf(of), value),
  update: async (of: Key, change: (now: unknown) => unknown, options?: ChangeOptions) =>
    kept.update(keyOf(of), change, options),
  delete: async (of: Key) => kept.delete(keyOf(of)),
  add: async (of: Key, by?: number, options?: ChangeOptions) => kept.add(keyOf(of), by, options),
  entries: kept.entries.bind(kept),
  top: kept.top.bind(kept),
})

const single = (kept: KeptValues) => ({
  get: async () => kept.get(''),
  set: async (value: unknown) => kept.set('', value),
  update: async (change: (now: unknown) => unknown, options?: ChangeOptions) =>
    kept.update('', change, options),
  delete: async () => kept.delete(''),
  add: async (by?: number, options?: ChangeOptions) => kept.add('', by, options),
})
