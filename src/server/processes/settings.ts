import { change, type Store, type Transaction } from '../../store/index.ts'
import type { ImDatabase } from '../../store/schema/im.ts'
import { addToSetting, allSettings, type Setting } from '../queries/setting-queries.ts'

type Values = Readonly<Record<Setting, number>>

/** Numbers that all processes on one database go by, and what is to be done here when one has changed. */
export class Settings {
  readonly #store: Store<ImDatabase>
  readonly #changed: (values: Values) => Promise<void>
  #reading: Promise<void> | undefined
  #waiting: Promise<void> | undefined

  /** @param changed  told the values whenever they are read */
  constructor(store: Store<ImDatabase>, changed: (values: Values) => Promise<void>) {
    this.#store = store
    this.#changed = changed
  }

  /** Adds to a number, and goes by it. */
  async add(name: Setting, by: number): Promise<void> {
    await this.#store.apply(change(addToSetting, { name, by }))
    await this.refresh()
  }

  /** Goes by what is stored now: a reading that was under way before does not count. */
  async refresh(): Promise<void> {
    if (!this.#reading) {
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined
      })
      return this.#reading
    }
    this.#waiting ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#waiting = undefined
        return this.refresh()
      })
    return this.#waiting
  }

  async #read(): Promise<void> {
    const values: Record<Setting, number> = { ahead: 0, words: 0, quotas: 0 }
    for (const { name, value } of await this.#store.read.all(allSettings, {})) values[name as Setting] = value
    await this.#changed(values)
  }
}

/** In a transaction. */
export const addTo = (tx: Transaction, name: Setting, by: number): Promise<number> =>
  tx.run(addToSetting, { name, by })
