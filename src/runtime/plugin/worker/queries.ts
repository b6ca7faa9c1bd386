import { AppError } from '../../../base/errors.ts'
import { targetsAfter, targetsIn } from '../../bot/broadcast/broadcast-rows.ts'
import { callByKey, callsOfEvent } from '../../bot/outbox-store.ts'

/** What a thread may read from the store. A query cannot be sent; its name can. */
export const queries: Readonly<Record<string, object>> = {
  callByKey,
  callsOfEvent,
  targetsAfter,
  targetsIn,
}

const names = new Map(Object.entries(queries).map(([name, query]) => [query, name]))

export function queryName(query: object): string {
  const name = names.get(query)
  if (name !== undefined) return name
  throw new AppError('this cannot be read from within a thread', { code: 'plugin.thread' })
}
