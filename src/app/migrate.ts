import { existsSync } from 'node:fs'
import { AppError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { isPostgres, migrateStore, nameOf, stepsOf } from '../store/index.ts'
import type { LoadedConfig } from './config/index.ts'
import { databasesOf, SCHEMAS, type SchemaName } from './databases.ts'

/** What was done to bring a database up to date. */
export interface Migrated {
  readonly schema: SchemaName
  /** Without a password. */
  readonly database: string
  /** The steps that were carried out; none when it was up to date. */
  readonly steps: readonly string[]
}

/**
 * Brings the databases of a configuration up to date, as a start would.
 *
 * @param wanted  these tables only; by default all that a start opens
 * @param log  is told of each step, if there is data already
 * @throws AppError `database.none`, StoreError
 */
export async function migrateConfigured(
  { main }: LoadedConfig,
  wanted: readonly SchemaName[] | undefined,
  log: Log,
): Promise<Migrated[]> {
  const found = databasesOf(main).filter(({ schema }) => !wanted || wanted.includes(schema))
  if (found.length === 0)
    throw new AppError('a start with this configuration opens no IM server', {
      code: 'database.none',
      hint: 'Name the database of the IM server with --database.',
    })
  const done: Migrated[] = []
  for (const { schema, url } of found) done.push(await bringUpToDate(schema, url, log))
  return done
}

/**
 * Brings one database up to date.
 *
 * @param wanted  these tables, which are made if they are not there; by default those that are
 * @throws AppError `database.none`, StoreError
 */
export async function migrateNamed(
  url: string,
  wanted: readonly SchemaName[] | undefined,
  log: Log,
): Promise<Migrated[]> {
  if (!isPostgres(url) && !wanted && !existsSync(url))
    throw new AppError(`there is no database ${url}`, {
      code: 'database.none',
      hint: 'Look at its path; or have it made with --schema.',
    })
  const schemas = wanted ?? (await schemasIn(url))
  const done: Migrated[] = []
  for (const schema of schemas) done.push(await bringUpToDate(schema, url, log))
  return done
}

async function schemasIn(url: string): Promise<SchemaName[]> {
  const there: SchemaName[] = []
  for (const schema of ['runtime', 'im'] as const)
    if ((await stepsOf(SCHEMAS[schema], url)).length > 0) there.push(schema)
  if (there.length > 0) return there
  throw new AppError(`database ${nameOf(url)} has no tables of Beadle`, {
    code: 'database.none',
    hint: 'Say which it is to have: --schema runtime, im or all.',
  })
}

async function bringUpToDate(schema: SchemaName, url: string, log: Log): Promise<Migrated> {
  if (url === ':memory:')
    throw new AppError('the database of this configuration is in memory', {
      code: 'database.none',
      hint: 'It is made anew by each start, up to date.',
    })
  const steps = await migrateStore(SCHEMAS[schema], { url, log })
  return { schema, database: nameOf(url), steps }
}
