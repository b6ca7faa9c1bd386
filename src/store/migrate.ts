import { type Dialect, Kysely, Migrator } from 'kysely'
import { type Schema, StoreError } from './store.ts'

/** Brings a database to the newest version of a schema. A database of a newer program is refused, untouched. */
export async function migrate(
  dialect: Dialect,
  schema: Schema<never> | Schema<unknown>,
  url: string,
): Promise<void> {
  const db = new Kysely<unknown>({ dialect: keepOpen(dialect) })
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...schema.migrations }) },
    migrationTableName: `${schema.name}_migration`,
    migrationLockTableName: `${schema.name}_migration_lock`,
  })
  const { error } = await migrator.migrateToLatest()
  if (!error) return
  const reason = error instanceof Error ? error.message : String(error)
  if (reason.startsWith('corrupted migrations')) {
    throw new StoreError(
      `database ${url} was made by a newer version of Beadle`,
      'Run that version, or restore the backup taken before the upgrade.',
      { cause: error },
    )
  }
  throw new StoreError(`database ${url} could not be brought up to date: ${reason}`, 'Nothing was changed.', {
    cause: error,
  })
}

/**
 * The dialect without the right to close the connection it was handed. Migrations run in one transaction: SQLite undoes
 * changes of tables as well, though Kysely does not count on it.
 */
function keepOpen(dialect: Dialect): Dialect {
  return {
    createAdapter: () =>
      Object.defineProperty(dialect.createAdapter(), 'supportsTransactionalDdl', { value: true }),
    createDriver: () => {
      const driver = dialect.createDriver()
      driver.destroy = async () => {}
      return driver
    },
    createIntrospector: db => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}
