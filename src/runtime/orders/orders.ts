import type { Cancel, Clock } from '../../base/clock.ts'
import { AppError, asError } from '../../base/errors.ts'
import { idMaker } from '../../base/ids.ts'
import type { Log } from '../../base/log.ts'
import { change, type Store, StoreError } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { finishOrder, insertOrder, openOrders, orderById, pruneOrders } from './order-rows.ts'

/** Does an order of one kind. Done twice, as after a crash, it comes to the same. */
export type OrderKind = (args: unknown, order: string, signal: AbortSignal) => Promise<unknown>

export interface OrdersOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly kinds: Readonly<Record<string, OrderKind>>
  /** How often is looked for orders, in ms; without it, only at the start and when {@link Orders.take} is called. */
  readonly everyMs?: number | undefined
}

/** What came of an order. */
export type OrderResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string }

/** Orders that are read at once. */
const PAGE = 20
/** How long results are kept. */
const KEPT_MS = 24 * 3_600_000

/** Does what people ask of the running process from elsewhere: by rows in its database, each once, in their order. */
export class Orders {
  readonly #options: OrdersOptions
  readonly #stopped = new AbortController()
  #cancel: Cancel = () => {}
  #busy: Promise<unknown> = Promise.resolve()
  #failing = false
  #isPaused = false

  constructor(options: OrdersOptions) {
    this.#options = options
  }

  /** Begins to look for orders, and to do those that were given meanwhile. */
  start(): void {
    this.#isPaused = false
    void this.take().then(() => this.#arm())
  }

  /** Another process does them from now on. */
  async pause(): Promise<void> {
    this.#isPaused = true
    this.#cancel()
    await this.#busy
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new AppError('shutting down', { code: 'orders.stopped', retry: 'later' }))
    this.#cancel()
    await this.#busy
  }

  /** Does the orders there are; resolves with how many. */
  take(): Promise<number> {
    const taken = this.#busy.then(() => this.#take())
    this.#busy = taken
    return taken
  }

  #arm(): void {
    const { clock, everyMs } = this.#options
    if (everyMs === undefined || this.#stopped.signal.aborted || this.#isPaused) return
    this.#cancel = clock.after(everyMs, () => void this.take().then(() => this.#arm()))
  }

  async #take(): Promise<number> {
    const { store, clock, log } = this.#options
    let done = 0
    try {
      for (;;) {
        const orders = await store.read.all(openOrders, { limit: PAGE })
        for (const order of orders) {
          if (this.#stopped.signal.aborted || this.#isPaused) return done
          if (await this.#do(order)) done++
        }
        if (orders.length < PAGE) break
      }
      if (done > 0) await store.apply(change(pruneOrders, { before: clock.now() - KEPT_MS }))
      this.#failing = false
    } catch (err) {
      // They are done later; that is said once.
      if (!this.#failing) log.warn({ err }, 'orders could not be looked for; trying again')
      this.#failing = true
    }
    return done
  }

  /** Does one order. `false` when it stays to be done, as there was no time for it. */
  async #do({ id, kind, args }: { id: string; kind: string; args: string }): Promise<boolean> {
    const { store, clock, log, kinds } = this.#options
    const { signal } = this.#stopped
    const work = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    let result: OrderResult
    try {
      if (!work) throw unknownKind(kind)
      result = { ok: true, value: await work(JSON.parse(args), id, signal) }
    } catch (thrown) {
      if (signal.aborted) return false
      if (thrown instanceof StoreError) throw thrown
      result = failed(asError(thrown))
    }
    await store.apply(change(finishOrder, { id, at: clock.now(), result: JSON.stringify(result) }))
    log.info({ order: id, kind, ok: result.ok }, 'did what was asked for on the command line')
    return true
  }
}

const unknownKind = (kind: string) =>
  new AppError(`this Beadle does not know the order '${kind}'`, {
    code: 'order.unknown',
    hint: 'It is of another version than the command line: start it anew.',
  })

function failed(error: Error): OrderResult {
  const { message } = error
  if (!(error instanceof AppError)) return { ok: false, code: 'order.failed', message }
  return { ok: false, code: error.code, message, ...(error.hint ? { hint: error.hint } : {}) }
}

/** Gives an order; resolves with its id once it is on disk. */
export async function giveOrder(
  store: Store<RuntimeTables>,
  order: { readonly kind: string; readonly args: unknown; readonly at: number },
): Promise<string> {
  const { kind, args, at } = order
  const id = idMaker(() => at)()
  await store.apply(change(insertOrder, { id, kind, args: JSON.stringify(args), at }))
  return id
}

/** What came of an order, once it is done. */
export async function orderResult(
  { read }: Pick<Store<RuntimeTables>, 'read'>,
  id: string,
): Promise<OrderResult | undefined> {
  const row = await read.first(orderById, { id })
  return row?.result ? (JSON.parse(row.result) as OrderResult) : undefined
}
