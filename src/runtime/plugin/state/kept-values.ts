import { AppError } from '../../../base/errors.ts'
import type { StateKeep, StateShelf } from './state-keep.ts'
import { type ChangeOptions, type EntriesOptions, limitOf, onceOf } from './state-options.ts'
import type { StateSchema } from './state-schema.ts'

export interface KeptValuesOptions {
  readonly keep: StateKeep
  readonly shelf: StateShelf
  readonly schema: StateSchema
  readonly ttlMs: number | undefined
}

interface Entry {
  readonly key: string
  readonly value: unknown
}

/** The values of a definition, by their keys; the only one there is has an empty one. */
export class KeptValues {
  readonly #options: KeptValuesOptions

  constructor(options: KeptValuesOptions) {
    this.#options = options
  }

  async get(key: string): Promise<unknown> {
    const { keep, shelf } = this.#options
    return this.#read(await keep.read(shelf, key), key)
  }

  async set(key: string, value: unknown): Promise<void> {
    const { keep, shelf, schema, ttlMs } = this.#options
    await keep.write(shelf, key, schema.write(value), ttlMs)
  }

  async update(
    key: string,
    change: (now: unknown) => unknown,
    options: ChangeOptions = {},
  ): Promise<unknown> {
    const { keep, shelf, schema, ttlMs } = this.#options
    const once = onceOf(options)
    const make = (text: string | undefined) => schema.write(change(this.#read(text, key)))
    return this.#read(await keep.change(shelf, key, make, { ttlMs, once }), key)
  }

  /** @throws AppError `state.number`, `state.value` */
  add(key: string, by: unknown = 1, options?: ChangeOptions): Promise<unknown> {
    if (typeof by !== 'number' || !Number.isFinite(by)) throw notNumber(`${String(by)} cannot be added`)
    return this.update(
      key,
      now => {
        if (now !== undefined && typeof now !== 'number')
          throw notNumber('nothing can be added to what is no number')
        return (now ?? 0) + by
      },
      options,
    )
  }

  async delete(key: string): Promise<void> {
    const { keep, shelf } = this.#options
    await keep.remove(shelf, key)
  }

  async entries({ limit = 100, after = '' }: EntriesOptions = {}): Promise<Entry[]> {
    const { keep, shelf } = this.#options
    const kept = await keep.list(shelf, { by: 'key', after, limit: limitOf(limit) })
    return kept.map(({ key, value }) => ({ key, value: this.#read(value, key) }))
  }

  async top(limit = 10): Promise<Entry[]> {
    const { keep, shelf } = this.#options
    const kept = await keep.list(shelf, { by: 'value', limit: limitOf(limit) })
    return kept.map(({ key, value }) => ({ key, value: this.#read(value, key) }))
  }

  #read(text: string | undefined, key: string): unknown {
    const { schema } = this.#options
    return text === undefined ? schema.absent : schema.read(text, key)
  }
}

const notNumber = (message: string): AppError =>
  new AppError(message, { code: 'state.number', hint: 'add is for schemas of numbers, and takes a number.' })
