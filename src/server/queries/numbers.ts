import { type RawBuilder, sql } from 'kysely'
import { NUMBERS } from '../../store/schema/im-shared-tables.ts'

/** PostgreSQL: the next number of a message, not below `floor`. Within a turn at writing nobody else takes one. */
export const nextNumber = (floor: number): RawBuilder<number> => sql<number>`
  (select case when next.n < ${floor} then setval(${sql.lit(NUMBERS)}, ${floor}) else next.n end
   from (select nextval(${sql.lit(NUMBERS)}) as n) as next)`

/** What all processes hear: `''`, {@link LEASES}, or the id of an app that has something for its callback. */
export const CHANNEL = 'beadle_im'
/** Leases have become free. */
export const LEASES = 'leases'

/** PostgreSQL: tells all processes, once the transaction is committed. */
export const notify = (payload: RawBuilder<string>): RawBuilder<unknown> =>
  sql`pg_notify(${sql.lit(CHANNEL)}, ${payload})`
