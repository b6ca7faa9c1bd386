import { AppError } from '../../base/errors.ts'
import type { QuotaGrant, QuotaLedger, QuotaRequest } from '../../client/index.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { emptyLedger, type Ledger, settle } from './ledger.ts'
import { type LedgerRows, ledgerRows } from './ledger-rows.ts'

/** Others may be faster so often in a row. */
const MOST_TRIES = 50

/** The ledger of an app, where several processes may have the database in common. */
export const ledgerIn = (store: Store<RuntimeTables>, appKey: string): QuotaLedger | undefined =>
  store.engine === 'postgres' ? new SharedLedger(ledgerRows(store), appKey) : undefined

/**
 * The ledger of an app that several processes share. No row is locked while somebody thinks: it is read, what comes of
 * it is worked out, and it is written if nobody else was faster. So a process that stops half-way holds nobody up.
 */
export class SharedLedger implements QuotaLedger {
  readonly #rows: LedgerRows
  readonly #app: string

  constructor(rows: LedgerRows, app: string) {
    this.#rows = rows
    this.#app = app
  }

  /** @throws StoreError, or AppError `quota.contended` */
  async ask(request: QuotaRequest): Promise<QuotaGrant> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const row = await this.#rows.find(this.#app, JSON.stringify(emptyLedger()))
      const ledger = JSON.parse(row.ledger) as Ledger
      const grant = settle(ledger, request, row.now)
      if (await this.#rows.replace(this.#app, { ...row, ledger: JSON.stringify(ledger) })) return grant
    }
    throw new AppError('the quota is asked for by too many processes at once', {
      code: 'quota.contended',
      retry: 'later',
    })
  }
}
