import type { Hono } from 'hono'
import { sql } from 'kysely'
import type { Runtime } from '../runtime/runtime.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'

export interface HealthOptions {
  readonly runtime: Runtime
  readonly store: Store<RuntimeTables>
  /** Whether events are taken in: not while starting or stopping. */
  readonly isOpen: () => boolean
}

/** Where is asked how Beadle is. */
export const HEALTH_PATHS: readonly string[] = ['/healthz', '/readyz']

/** Adds `/healthz` (the process lives) and `/readyz` (it can do its work; if not, the answer says what is wrong). */
export function addHealth(http: Hono, { runtime, store, isOpen }: HealthOptions): void {
  http.get('/healthz', c => c.json({ status: 'ok' }))
  http.get('/readyz', async c => {
    const checks = {
      open: isOpen() ? 'ok' : 'starting or stopping',
      database: await databaseState(store),
      jmessage:
        runtime.outbox.outageSince === undefined
          ? 'ok'
          : `unreachable since ${new Date(runtime.outbox.outageSince).toISOString()}`,
    }
    const ready = Object.values(checks).every(state => state === 'ok')
    return c.json(
      { status: ready ? 'ready' : 'not ready', checks, waiting: runtime.waiting },
      ready ? 200 : 503,
    )
  })
}

async function databaseState(store: Store<RuntimeTables>): Promise<string> {
  try {
    await store.read.execute(store.db.selectFrom('cursors').select(sql`1`.as('one')).limit(1))
    return 'ok'
  } catch (error) {
    return `does not answer: ${error instanceof Error ? error.message : String(error)}`
  }
}
