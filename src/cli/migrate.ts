import { readDatabase, readSchemas } from '../app/databases.ts'
import { type Migrated, migrateConfigured, migrateNamed } from '../app/migrate.ts'
import { type Log, silentLog } from '../base/log.ts'
import { loadConfigured } from './load-configured.ts'
import { printJson } from './text.ts'

interface Options {
  readonly config: string
  readonly database?: string
  readonly schema?: string
  readonly json?: boolean
}

/** `beadle migrate`: brings databases up to date apart from a start. */
export async function migrate(options: Options): Promise<void> {
  const { config, database, schema, json = false } = options
  const wanted = readSchemas(schema)
  const log = json ? silentLog : onStandardError
  const done =
    database === undefined
      ? await migrateConfigured(await loadConfigured(config), wanted, log)
      : await migrateNamed(readDatabase('--database', database), wanted, log)
  if (json) return printJson(done)
  process.stdout.write(done.map(lineOf).join(''))
}

const lineOf = ({ schema, database, steps }: Migrated): string =>
  steps.length === 0
    ? `${schema}: ${database} is up to date already.\n`
    : `${schema}: ${database} is up to date now, by ${steps.join(', ')}.\n`

/** Much data takes its time. */
const onStandardError: Log = {
  ...silentLog,
  info: (_, message) => void process.stderr.write(`${message}\n`),
}
