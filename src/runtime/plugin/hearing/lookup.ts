/** Where something stands: the more steps, the less is found there. */
export type Path = readonly string[]

/** Who stands at which paths: a tree. What it costs to find somebody does not grow with how many there are. */
export class Lookup<T> {
  /** Those who stand right here. */
  readonly all: T[] = []
  #next: Map<string, Lookup<T>> | undefined

  /** What is one step further. */
  at(step: string): Lookup<T> | undefined {
    return this.#next?.get(step)
  }

  /** All that is one step further. */
  get next(): Iterable<readonly [step: string, lookup: Lookup<T>]> {
    return this.#next ?? NOTHING
  }

  /** @param depth  so many steps of the path are made */
  add(one: T, path: Path, depth = 0): void {
    const step = path[depth]
    if (step === undefined) return void this.all.push(one)
    this.#next ??= new Map()
    let further = this.#next.get(step)
    if (!further) {
      further = new Lookup()
      this.#next.set(step, further)
    }
    further.add(one, path, depth + 1)
  }

  remove(one: T, path: Path, depth = 0): void {
    const step = path[depth]
    if (step === undefined) {
      const index = this.all.indexOf(one)
      if (index >= 0) this.all.splice(index, 1)
      return
    }
    const further = this.#next?.get(step)
    further?.remove(one, path, depth + 1)
    if (further?.isEmpty) this.#next!.delete(step)
  }

  get isEmpty(): boolean {
    return this.all.length === 0 && (this.#next === undefined || this.#next.size === 0)
  }
}

const NOTHING: readonly never[] = []
