import { existsSync, statSync } from 'node:fs'
import { isPostgres, nameOf, stepsOf } from '../../store/index.ts'
import { examinePostgres } from '../../store/postgres/examine.ts'
import { missingSteps } from '../../store/steps.ts'
import { databasesOf, SCHEMAS, type SchemaName } from '../databases.ts'
import { type Check, type Finding, ok, warning } from './finding.ts'

type Found = Omit<Finding, 'check'>

const MIB = 1024 * 1024
/** A log of this size is not being moved into the file. */
const LARGE_LOG_BYTES = 512 * MIB
const SLOW_MS = 50
/** What is left for others of what PostgreSQL takes. */
const FULL = 0.9

/** Whether the databases open, are of this version, and have what they need. */
export const database: Check = {
  name: 'database',
  async look({ config: { main }, offline }) {
    if (offline && isPostgres(main.database)) return [ok(`database ${nameOf(main.database)} is not asked`)]
    const found: Found[] = isPostgres(main.database) ? await vitals(main.database) : []
    for (const { schema, url } of databasesOf(main)) {
      const place = schema === 'im' && isPostgres(main.database) ? main.database : url
      found.push(...(await lookAt(schema, place)))
    }
    return found
  },
}

async function lookAt(schema: SchemaName, url: string): Promise<Found[]> {
  const name = `database ${nameOf(url)}`
  if (url === ':memory:')
    return [warning(`${name}: in memory, it keeps nothing over a restart`, 'Leave database out for a file.')]
  if (!isPostgres(url) && !existsSync(url)) return [ok(`${name} is made by the first start`)]
  const done = await stepsOf(SCHEMAS[schema], url)
  const missing = missingSteps(nameOf(url), Object.keys(SCHEMAS[schema].migrations), done)
  const steps =
    missing.length === 0
      ? ok(`${name} opens, and is of this version`)
      : done.length === 0
        ? ok(`${name} gets its tables by the first start`)
        : warning(
            `${name} is of an older version`,
            `A start brings it up to date (${missing.join(', ')}), or beadle migrate.`,
          )
  return [steps, ...(isPostgres(url) ? [] : logOf(url))]
}

function logOf(path: string): Found[] {
  const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (bytes < LARGE_LOG_BYTES) return []
  const text = `${path}-wal has ${Math.round(bytes / MIB)} MiB`
  return [
    warning(
      text,
      'A program that reads the database keeps it from being cleared; a restart of Beadle clears it.',
    ),
  ]
}

async function vitals(url: string): Promise<Found[]> {
  const { version, latencyMs, connections, mostConnections } = await examinePostgres(url)
  const took = `${latencyMs.toFixed(1)} ms there and back`
  const used = `${connections} of ${mostConnections} connections`
  return [
    ok(`PostgreSQL ${version} at ${nameOf(url)}`),
    latencyMs > SLOW_MS
      ? warning(`the database is far: ${took}`, 'Run Beadle near it: each event waits for it.')
      : ok(took),
    connections > FULL * mostConnections
      ? warning(`${used} are in use`, 'Raise max_connections, or have fewer processes.')
      : ok(`${used} are in use`),
  ]
}
