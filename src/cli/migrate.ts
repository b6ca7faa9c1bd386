import { readDatabase, readSchemas } from '../app/databases.ts'
import { type Migrated, migrateConfigured, migrateNamed } from '../app/migrate.ts'
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
  const done =
    database === undefined
      ? await migrateConfigured(await loadConfigured(config), wanted)
      : await migrateNamed(readDatabase('--database', database), wanted)
  if (json) return printJson(done)
  process.stdout.write(done.map(lineOf).join(''))
}

const lineOf = ({ schema, database, steps }: Migrated): string =>
  steps.length === 0
    ? `${schema}: ${database} is up to date already.\n`
    : `${schema}: ${database} is up to date now, by ${steps.join(', ')}.\n`
