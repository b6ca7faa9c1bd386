import pg, { type ClientConfig } from 'pg'
import { decoded } from './texts.ts'

/** How long a connection may take, in ms. */
const CONNECT_MS = 5000
/** The longest a statement may run at the database, in ms. */
const STATEMENT_MS = 30_000
/** The longest a statement may wait for a lock, in ms. */
const LOCK_MS = 10_000
/** A transaction whose process has gone must not hold its locks. */
const IDLE_IN_TRANSACTION_MS = 30_000
/** A network that swallows everything is found out by this, in ms: longer than the database itself takes to give up. */
const ANSWER_MS = 40_000

/** Types of PostgreSQL by number: bigint, numeric, text. */
const INT8 = 20
const NUMERIC = 1700
const TEXT = 25

/** Numbers of ours are all within what a number can hold. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [TEXT]: decoded,
}

const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    PARSERS[oid] ?? pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

/** How a connection is made. */
export const connectionTo = (url: string): ClientConfig => ({
  connectionString: url,
  application_name: 'beadle',
  connectionTimeoutMillis: CONNECT_MS,
  statement_timeout: STATEMENT_MS,
  lock_timeout: LOCK_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  query_timeout: ANSWER_MS,
  keepAlive: true,
  types,
})
