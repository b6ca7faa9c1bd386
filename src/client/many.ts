import type { Clock } from '../base/clock.ts'
import { asError } from '../base/errors.ts'
import { byteLength, type Endpoint, JSON_BYTES } from '../protocol/index.ts'
import { BatchStopped } from './batch-stopped.ts'
import { checkBesides, checkPath, invalid, invalidBody, type LooseArgs } from './encode.ts'
import { ApiError, RateLimited, ServerFault, TransportError, Unauthorized } from './errors.ts'
import { withinQuota } from './quota.ts'
import { slices } from './slices.ts'

/** Items of a batch: a list, or whatever yields them one by one. */
export type Items<T> = Iterable<T> | AsyncIterable<T>

export interface ManyOptions {
  /**
   * Makes a call that was refused again in halves, until the items are found for which it is refused, so that all others
   * take effect. Costs up to two calls for each time the batch can be halved, for each such item. Default false.
   */
  readonly isolate?: boolean
}

/** What came of an item of a batch. */
export type ItemResult<T> =
  | { readonly item: T; readonly ok: true }
  | {
      readonly item: T
      readonly ok: false
      readonly error: ApiError
      /** Items of the call that was refused: with 1, the refusal is about this one; else about any of them. */
      readonly among: number
    }

/** What making calls in a row needs to know. */
export interface Batched {
  readonly endpoint: Endpoint
  readonly call: (args: LooseArgs, checked: boolean) => Promise<unknown>
  readonly clock: Clock
}

/** Refusals that are about the call as a whole, whichever items it names: halves of it are refused as well. */
const ofTheCall = new Set([404, 405, 899006, 899012, 899020, 899021, 899081, 851006])
/** So many items refused one by one, and none accepted: it is the call, not the items. */
const HOPELESS = 16

/** A batch under way: calls in a row, and what came of each item. */
class Run<T> {
  readonly #batch: Batched
  readonly #args: LooseArgs
  readonly #items: Items<T>
  /** The items that were taken so far. */
  readonly taken: T[] = []
  readonly #state: ('done' | 'refused' | 'unknown' | undefined)[] = []

  constructor(batch: Batched, args: LooseArgs) {
    const { endpoint } = batch
    this.#batch = batch
    this.#args = args
    const { key } = endpoint.batch!
    const body = (args.body ?? {}) as Readonly<Record<string, unknown>>
    const items = key === undefined ? body : body[key]
    checkPath(endpoint, args)
    if (key !== undefined) checkBesides(endpoint, body, key)
    if (!areItems(items)) throw invalid(endpoint, `${key ?? 'body'} must be a list, or yield items`)
    this.#items = items as Items<T>
  }

  /** The places of the items, in lists that fit into a call each. */
  async *slices(): AsyncGenerator<number[], void, undefined> {
    const { max } = this.#batch.endpoint.batch!
    const room = JSON_BYTES - byteLength(JSON.stringify(this.body([])))
    let at = 0
    for await (const slice of slices(this.#noting(), max, room)) {
      yield slice.map(() => at++)
    }
  }

  async *#noting(): AsyncGenerator<T, void, undefined> {
    for await (const item of this.#items) {
      this.taken.push(item)
      yield item
    }
  }

  body(items: readonly T[]): unknown {
    const { key } = this.#batch.endpoint.batch!
    return key === undefined ? items : { ...(this.#args.body as object), [key]: items }
  }

  /** Why a call with these items would not be sent at all. */
  wrong(places: readonly number[]): ApiError | undefined {
    return invalidBody(this.#batch.endpoint, this.#bodyOf(places))
  }

  /** Calls with some of the items. */
  async call(places: readonly number[]): Promise<unknown> {
    const { call, clock } = this.#batch
    try {
      const args = { ...this.#args, body: this.#bodyOf(places) }
      const answer = await withinQuota(clock, () => call(args, true))
      this.mark(places, 'done')
      return answer
    } catch (error) {
      if (mayHaveTakenEffect(error)) this.mark(places, 'unknown')
      else if (error instanceof ApiError && !(error instanceof RateLimited)) this.mark(places, 'refused')
      throw error
    }
  }

  mark(places: readonly number[], state: 'done' | 'refused' | 'unknown'): void {
    for (const place of places) this.#state[place] = state
  }

  stopped<R>(cause: unknown, results: readonly R[]): BatchStopped<T, R> {
    const items = Array.isArray(this.#items) ? (this.#items as readonly T[]) : this.taken
    const which = (state: 'done' | 'refused' | 'unknown' | undefined) =>
      items.filter((_, place) => this.#state[place] === state)
    return new BatchStopped(this.#batch.endpoint.id, asError(cause), {
      results,
      done: which('done'),
      refused: which('refused'),
      unknown: which('unknown'),
      untried: which(undefined),
    })
  }

  #bodyOf(places: readonly number[]): unknown {
    return this.body(places.map(place => this.taken[place]!))
  }
}

const mayHaveTakenEffect = (error: unknown): boolean =>
  error instanceof ServerFault || (error instanceof TransportError && error.phase === 'after')

/** Whether going on is of no use, or the outcome has to be looked at first. */
const endsAll = (error: ApiError): boolean =>
  error instanceof ServerFault || error instanceof RateLimited || error instanceof Unauthorized

/** A text yields its characters, but nobody means them. */
const areItems = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)

/** Makes calls that answer with a list, and puts the lists together. */
export async function manyLists(batch: Batched, args: LooseArgs): Promise<unknown[]> {
  const run = new Run(batch, args)
  const results: unknown[] = []
  /** The refusal of a call whose items all are unknown, where known ones would have been answered without them. */
  let nothing: unknown
  let found = false
  try {
    for await (const places of run.slices()) {
      const wrong = run.wrong(places)
      if (wrong) {
        run.mark(places, 'refused')
        throw wrong
      }
      try {
        for (const result of (await run.call(places)) as readonly unknown[]) results.push(result)
        found = true
      } catch (error) {
        if (!(error instanceof ApiError && isNothing(batch.endpoint, error))) throw error
        nothing = error
      }
    }
  } catch (cause) {
    throw run.stopped(cause, results)
  }
  if (nothing !== undefined && !found) throw nothing
  return results
}

/** Rooms that are unknown are left out of the answer, but for the case that there is no other. */
const isNothing = (endpoint: Endpoint, { jmCode }: ApiError): boolean =>
  endpoint.id === 'chatrooms.getBatch' && jmCode === 899081

/** Makes calls that take effect whole or not at all, and tells of each item what came of it. */
export async function manyEffects(
  batch: Batched,
  args: LooseArgs,
  { isolate = false }: ManyOptions = {},
): Promise<ItemResult<unknown>[]> {
  const run = new Run(batch, args)
  const results: ItemResult<unknown>[] = []
  let accepted = 0
  let refusedAlone = 0
  const refuse = (places: readonly number[], error: ApiError) => {
    run.mark(places, 'refused')
    for (const at of places) results[at] = { item: run.taken[at], ok: false, error, among: places.length }
  }

  const make = async (places: readonly number[]): Promise<void> => {
    try {
      await run.call(places)
      for (const at of places) results[at] = { item: run.taken[at], ok: true }
      accepted += places.length
    } catch (error) {
      if (!(error instanceof ApiError) || endsAll(error)) throw error
      if (places.length === 1) refusedAlone++
      const hopeless = (accepted === 0 && refusedAlone >= HOPELESS) || ofTheCall.has(error.jmCode)
      if (!isolate || places.length === 1 || hopeless) return refuse(places, error)
      const half = Math.ceil(places.length / 2)
      await make(places.slice(0, half))
      await make(places.slice(half))
    }
  }

  try {
    for await (const places of run.slices()) {
      // What is wrong in itself is not sent, and does not keep the others back.
      let fit = places
      if (run.wrong(places)) {
        fit = places.filter(place => {
          const wrong = run.wrong([place])
          if (wrong) refuse([place], wrong)
          return !wrong
        })
      }
      if (fit.length > 0) await make(fit)
    }
  } catch (cause) {
    throw run.stopped(cause, results.filter(Boolean))
  }
  return results
}
