import { sql } from 'kysely'
import { query, type Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'

/** A ledger as it is kept: in a row that several processes change. */
export interface LedgerRow {
  readonly version: number
  /** JSON. */
  readonly ledger: string
  /** By the database: epoch ms. */
  readonly now: number
}

/** Where the ledgers of apps are kept. */
export interface LedgerRows {
  /** Finds the ledger of an app; a new one is what `fresh` says. */
  find(app: string, fresh: string): Promise<LedgerRow>
  /** Writes one that has not changed since; `false` when it has. */
  replace(app: string, row: LedgerRow): Promise<boolean>
}

/** Who has not called for so long is forgotten. */
const OLD_MS = 7 * 24 * 3_600_000

const now = sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`

const find = query<RuntimeTables>()((db, p: { app: string }) =>
  db
    .selectFrom('quota_ledgers')
    .select(['version', 'ledger', now.as('now')])
    .where('app', '=', p.app),
)

const insert = query<RuntimeTables>()((db, p: { app: string; ledger: string }) =>
  db
    .insertInto('quota_ledgers')
    .values({ app: p.app, version: 0, ledger: p.ledger, updated_at: now })
    .onConflict(conflict => conflict.doNothing()),
)

const replace = query<RuntimeTables>()(
  (db, p: { app: string; version: number; ledger: string; now: number }) =>
    db
      .updateTable('quota_ledgers')
      .set(eb => ({ version: eb('version', '+', 1), ledger: p.ledger, updated_at: p.now }))
      .where('app', '=', p.app)
      .where('version', '=', p.version)
      // Others are after the row: the disk is not waited for. What is lost with the machine is a moment's grants.
      .where(sql<string>`set_config('synchronous_commit', 'off', true)`, '=', sql.lit('off'))
      .returning('version'),
)

const deleteOld = query<RuntimeTables>()((db, p: { before: number }) =>
  db.deleteFrom('quota_ledgers').where('updated_at', '<', p.before),
)

/** Ledgers in the database that the processes share. */
export function ledgerRows(store: Store<RuntimeTables>): LedgerRows {
  return {
    async find(app, fresh) {
      for (;;) {
        const [row] = await store.once(find, { app })
        if (row) return row
        await store.once(insert, { app, ledger: fresh })
        const [made] = await store.once(find, { app })
        if (made) await store.once(deleteOld, { before: made.now - OLD_MS })
      }
    },
    async replace(app, { version, ledger, now }) {
      return (await store.once(replace, { app, version, ledger, now })).length === 1
    },
  }
}
