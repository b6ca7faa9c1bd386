import Database from 'libsql'
import { type ErrorMeaning, meaning } from '../base/error-meaning.ts'
import { AppError, type Retry } from '../base/errors.ts'

/** What can be wrong with a database, and what can be done. */
export const storeErrorMeanings = {
  'store.full': meaning('No room is left on the disk', 'Free some disk space.'),
  'store.locked': meaning(
    'Another process holds the database',
    'Another process holds the database: stop it, or give this one its own.',
  ),
  'store.unreachable': meaning(
    'PostgreSQL does not answer, or the connection to it was lost',
    'Check that PostgreSQL runs, and host, port and network.',
  ),
  'store.refused': meaning(
    'PostgreSQL does not let this user, or has no such database',
    'Check user, password, name and rights of the database.',
  ),
  'store.busy': meaning(
    'PostgreSQL has no connection or memory left',
    'Raise max_connections of PostgreSQL, or run fewer processes.',
  ),
  'store.readonly': meaning(
    'The database cannot be written',
    'Give this user the right to write the file and its folder, on a disk that can be written; of PostgreSQL, name the primary.',
  ),
  'store.corrupt': meaning(
    'The file is damaged, or is no database',
    'Stop Beadle and restore the file from a backup.',
  ),
  'store.gone': meaning(
    'The file was replaced while it was open, or deleted and cannot be written back',
    'Put the right file back; or, to go on with the one that is there, stop Beadle, remove the -wal and -shm beside it, which are of the old one, and start again.',
  ),
  'store.io': meaning(
    'The disk fails, or the file cannot be opened',
    'Check the disk, and that this user may read and write the file and its folder.',
  ),
  'store.closed': meaning('The database is closed', 'Nothing can be written while Beadle shuts down.'),
  'store.newer': meaning(
    'A newer version of Beadle made it',
    'Run that version, or restore the backup taken before the upgrade.',
  ),
  'store.early': meaning(
    'An early version of Beadle made it, with tables that this one does not know',
    'Move it away, with its -wal and -shm if they are there, and start again: a new one is made.',
  ),
  'store.unfinished': meaning(
    '`beadle copy` filled it in part',
    'Run the same `beadle copy` again: it goes on where it was.',
  ),
  'store.migration': meaning('It could not be brought up to date', 'Nothing was changed.'),
} as const satisfies Readonly<Record<string, ErrorMeaning>>

/** A stable word for what can be wrong, for programs. */
export type StoreErrorCode = keyof typeof storeErrorMeanings

/** These do not get well by themselves. */
const HOPELESS: ReadonlySet<StoreErrorCode> = new Set([
  'store.corrupt',
  'store.newer',
  'store.early',
  'store.unfinished',
  'store.migration',
])

/** The database refused. */
export class StoreError extends AppError {
  override readonly name = 'StoreError'
  declare readonly code: StoreErrorCode
  declare readonly hint: string

  constructor(
    code: StoreErrorCode,
    message: string,
    cause?: unknown,
    hint: string = storeErrorMeanings[code].todo,
  ) {
    const retry: Retry = HOPELESS.has(code) ? 'never' : 'later'
    super(message, { code, hint, retry, cause })
  }
}

export const closedError = (): StoreError => new StoreError('store.closed', 'the database is closed')

const OF_STATEMENT = /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|MISUSE|RANGE|TOOBIG)/

/** What is wrong with a statement is left as it is; what is wrong with the database is said in words. */
export function explained(url: string, cause: unknown): unknown {
  const ofDatabase = cause instanceof Database.SqliteError && !OF_STATEMENT.test(cause.code)
  return ofDatabase ? refusal(url, cause) : cause
}

/** An error in dealing with the database, in words. */
export function refusal(url: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(
    codeOf((cause as { code?: unknown } | null)?.code),
    `database ${url}: ${reason}`,
    cause,
  )
}

/** @param code  of SQLite or of the operating system */
function codeOf(code: unknown): StoreErrorCode {
  const known = String(code)
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT|EFBIG)/.test(known)) return 'store.full'
  if (/^SQLITE_(BUSY|LOCKED)/.test(known)) return 'store.locked'
  if (/^(SQLITE_(READONLY|PERM|AUTH)|EROFS|EACCES|EPERM)/.test(known)) return 'store.readonly'
  return /^SQLITE_(CORRUPT|NOTADB)/.test(known) ? 'store.corrupt' : 'store.io'
}
