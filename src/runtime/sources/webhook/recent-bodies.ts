import type { Accepted } from '../../events/journal.ts'

interface Recent {
  readonly at: number
  readonly accepted: Promise<Accepted>
}

/** So many are kept at least, as long as they are recent; beyond twice as many the oldest are forgotten early. */
const MOST = 20_000

/** What was accepted within a window of time, by hashes of bodies. Forgets by throwing half of all away at once. */
export class RecentBodies {
  readonly windowMs: number
  #current = new Map<string, Recent>()
  #former = new Map<string, Recent>()
  #begunAt = Number.NEGATIVE_INFINITY

  constructor(windowMs: number) {
    this.windowMs = windowMs
  }

  /** What was accepted, or is being accepted, of a body within the window. */
  get(hash: string, now: number): Promise<Accepted> | undefined {
    const found = this.#current.get(hash) ?? this.#former.get(hash)
    return found && Math.abs(now - found.at) < this.windowMs ? found.accepted : undefined
  }

  /** Keeps what is being accepted, unless that fails, or repeats what was accepted before: the window is of that one. */
  add(hash: string, now: number, accepted: Promise<Accepted>): void {
    if (Math.abs(now - this.#begunAt) >= this.windowMs || this.#current.size >= MOST) {
      this.#former = this.#current
      this.#current = new Map()
      this.#begunAt = now
    }
    const recent = { at: now, accepted }
    const generation = this.#current
    generation.set(hash, recent)
    const forget = () => {
      if (generation.get(hash) === recent) generation.delete(hash)
    }
    accepted.then(({ repeated }) => repeated && forget(), forget)
  }
}
