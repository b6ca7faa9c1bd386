import { CURSOR_MS } from '../protocol/index.ts'
import type { Signer } from './signer.ts'

/** Where the next page of a history query begins, and what the first page fixed for all of them. */
export interface Cursor {
  readonly first: number
  readonly last: number
  readonly count: number
  readonly total: number
}

/**
 * Hands cursors out and takes them back. They carry their state with them, signed together with the query they belong
 * to, so nothing has to be kept and none can be made up or used elsewhere.
 */
export class Cursors {
  readonly #signer: Signer
  readonly #now: () => number

  constructor(signer: Signer, now: () => number) {
    this.#signer = signer
    this.#now = now
  }

  /** @param query says which app asks for what, without the times */
  issue(query: string, { first, last, count, total }: Cursor): string {
    const numbers = [first, last, count, total, this.#now() + CURSOR_MS]
    const state = numbers.map(number => number.toString(36)).join('.')
    return `${state}.${this.#signer.sign('cursor', `${query}\n${state}`)}`
  }

  /** What a cursor says; `undefined` when it is not one of this query or too old. */
  read(query: string, cursor: string): Cursor | undefined {
    const dot = cursor.lastIndexOf('.')
    const state = cursor.slice(0, Math.max(0, dot))
    if (!this.#signer.verify('cursor', `${query}\n${state}`, cursor.slice(dot + 1))) return undefined
    const [first, last, count, total, until] = state.split('.').map(part => Number.parseInt(part, 36))
    if (until === undefined || this.#now() > until) return undefined
    return { first: first!, last: last!, count: count!, total: total! }
  }
}
