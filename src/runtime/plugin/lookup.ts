/** Who stands under which keys. What it costs to find somebody does not grow with how many there are. */
export class Lookup<T> {
  readonly #byKey = new Map<string, Set<T>>()

  add(one: T, keys: Iterable<string>): void {
    for (const key of keys) {
      const all = this.#byKey.get(key)
      if (all) all.add(one)
      else this.#byKey.set(key, new Set([one]))
    }
  }

  remove(one: T, keys: Iterable<string>): void {
    for (const key of keys) {
      const all = this.#byKey.get(key)
      if (all?.delete(one) && all.size === 0) this.#byKey.delete(key)
    }
  }

  at(key: string): Iterable<T> {
    return this.#byKey.get(key) ?? NOBODY
  }
}

const NOBODY: readonly never[] = []
