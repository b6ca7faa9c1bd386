import { type Priority, priorities } from '../../base/priority.ts'

export interface WaitingCall {
  readonly order: string
  /** It looks into the history, which may be away by itself. */
  readonly isLook: boolean
  readonly admit: () => void
  readonly delayed: () => void
}

/** The calls that wait for their turn, by priority, and in the order in which they were asked for. */
export class WaitingCalls {
  readonly #calls: Record<Priority, WaitingCall[]> = { reply: [], notice: [], bulk: [] }
  /** Those that know of no delay: they wait for others only. */
  readonly #unaware = new Set<WaitingCall>()

  /** How many there are. */
  get depths(): Record<Priority, number> {
    const { reply, notice, bulk } = this.#calls
    return { reply: reply.length, notice: notice.length, bulk: bulk.length }
  }

  has(priority: Priority): boolean {
    return this.#calls[priority].length > 0
  }

  add(priority: Priority, call: WaitingCall): void {
    this.#unaware.add(call)
    this.#insert(priority, call)
  }

  /** Takes one that waits out: the first of its priority, or the one at a place. */
  take(priority: Priority, place = 0): WaitingCall {
    const call = this.#calls[priority].splice(place, 1)[0]!
    this.#unaware.delete(call)
    return call
  }

  /** Has one go with those of another priority; `false` when it does not wait. */
  raise(order: string, from: Priority, to: Priority): boolean {
    const place = this.#calls[from].findIndex(call => call.order === order)
    if (place < 0) return false
    this.#insert(to, this.#calls[from].splice(place, 1)[0]!)
    return true
  }

  /** The first that looks into the history, or does not. */
  firstThat(isLook: boolean): { readonly priority: Priority; readonly place: number } | undefined {
    for (const priority of priorities) {
      const place = this.#calls[priority].findIndex(call => call.isLook === isLook)
      if (place >= 0) return { priority, place }
    }
    return undefined
  }

  /** Tells those that do not know it that they wait for JMessage. */
  tellDelay(): void {
    for (const { delayed } of this.#unaware) delayed()
    this.#unaware.clear()
  }

  #insert(priority: Priority, call: WaitingCall): void {
    const calls = this.#calls[priority]
    calls.splice(calls.findLastIndex(other => other.order < call.order) + 1, 0, call)
  }
}
