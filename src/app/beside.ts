import { existsSync } from 'node:fs'
import { sleep, systemClock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { giveOrder, type OrderResult, orderResult } from '../runtime/orders/orders.ts'
import { isPostgres, openStore, type Store } from '../store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../store/schema/runtime.ts'
import type { LoadedConfig } from './config/index.ts'

/**
 * Opens the database of a Beadle that may be running, does something with it, and closes it again.
 *
 * @throws AppError `database.none` when there is none
 */
export async function beside<T>(
  { main: { database } }: LoadedConfig,
  work: (store: Store<RuntimeTables>) => Promise<T>,
): Promise<T> {
  if (!isPostgres(database) && !existsSync(database)) {
    throw new AppError(
      database === ':memory:'
        ? 'the database of this configuration is in memory: only the process that holds it can read it'
        : `there is no database ${database}`,
      { code: 'database.none', hint: 'beadle start makes one; --config FILE names the configuration.' },
    )
  }
  const store = await openStore(runtimeSchema, { url: database })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** How often is looked whether an order is done. */
const LOOK_MS = 100

/** An order, and what came of it; that is absent when nobody did it in time. */
export interface GivenOrder {
  readonly id: string
  readonly result: OrderResult | undefined
}

/** Asks the running Beadle for something, and waits for at most `waitMs` until it is done. */
export async function order(
  store: Store<RuntimeTables>,
  kind: string,
  args: unknown,
  waitMs: number,
): Promise<GivenOrder> {
  const at = systemClock.now()
  const id = await giveOrder(store, { kind, args, at })
  for (;;) {
    const result = await orderResult(store, id)
    if (result || systemClock.now() - at >= waitMs) return { id, result }
    await sleep(systemClock, LOOK_MS)
  }
}
