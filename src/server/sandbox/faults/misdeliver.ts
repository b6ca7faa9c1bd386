import { CALLBACK_BATCH } from '../../../protocol/index.ts'
import type { CallbackFault } from './rules.ts'

/** How long a message that is alone waits for another one, to come after it. */
const HOLD_MS = 1000

/** What a delivery to a callback can do. */
export interface Courier<Row> {
  /** So many messages that were not delivered yet, oldest first. */
  unsent(count: number): Promise<readonly Row[]>
  /** Posts one batch; rejects when it was not taken. */
  post(rows: readonly Row[]): Promise<void>
  /** Resolves when there is something new since the call of this, or after so many ms. */
  listen(): (ms: number) => Promise<void>
}

/** Delivers what waits, but not as it should. None is lost. Resolves with what was taken, oldest first. */
export async function misdeliver<Row>(
  { fault }: CallbackFault,
  courier: Courier<Row>,
): Promise<readonly Row[]> {
  if (fault === 'callback-reorder') return outOfOrder(courier)
  const rows = await courier.unsent(CALLBACK_BATCH)
  await courier.post(rows)
  if (fault === 'callback-drop-answer') throw new Error('its answer was lost, as a fault demands')
  await courier.post(rows)
  return rows
}

/** Two batches change places; of one batch, its messages do. */
async function outOfOrder<Row>({ unsent, post, listen }: Courier<Row>): Promise<readonly Row[]> {
  const orNews = listen()
  let rows = await unsent(2 * CALLBACK_BATCH)
  if (rows.length === 1) {
    await orNews(HOLD_MS)
    rows = await unsent(2 * CALLBACK_BATCH)
  }
  if (rows.length > CALLBACK_BATCH) {
    await post(rows.slice(CALLBACK_BATCH))
    await post(rows.slice(0, CALLBACK_BATCH))
  } else await post(rows.toReversed())
  return rows
}
