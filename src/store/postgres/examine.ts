import pg from 'pg'
import { placeOf } from '../../base/postgres-url.ts'
import { connectionTo } from './connection-to.ts'
import { refusal } from './refusals.ts'

/** How a PostgreSQL is. */
export interface PostgresVitals {
  readonly version: string
  /** A statement there and back, ms. */
  readonly latencyMs: number
  readonly connections: number
  readonly mostConnections: number
}

/** Asks a PostgreSQL how it is. @throws StoreError */
export async function examinePostgres(url: string): Promise<PostgresVitals> {
  const client = new pg.Client(connectionTo(url))
  client.on('error', () => {})
  try {
    await client.connect()
    const times: number[] = []
    for (let turn = 0; turn < 3; turn++) {
      const begun = performance.now()
      await client.query('select 1')
      times.push(performance.now() - begun)
    }
    const { rows } = await client.query<{ version: string; most: string; now: number }>(
      "select current_setting('server_version') as version, current_setting('max_connections') as most, (select count(*) from pg_stat_activity where backend_type = 'client backend') as now",
    )
    const { version, most, now } = rows[0]!
    return { version, latencyMs: Math.min(...times), connections: Number(now), mostConnections: Number(most) }
  } catch (cause) {
    throw refusal(placeOf(url), cause)
  } finally {
    await client.end().catch(() => {})
  }
}
