import { sql } from 'kysely'
import { afterEach } from 'vitest'
import { idMaker } from '../../src/base/ids.ts'
import { type Keep, Pruner } from '../../src/runtime/pruner.ts'
import type { Store } from '../../src/store/index.ts'
import type {
  BroadcastState,
  BroadcastTable,
  DeliveryState,
  OutboxState,
  OutboxTable,
  RuntimeTables,
} from '../../src/store/schema/runtime.ts'
import { capturedLog, type LogLine } from '../../src/testing/captured-log.ts'
import { runtimeStore } from '../engine.ts'
import { QuietClock } from '../quiet.ts'

export const DAY = 24 * 3_600_000
/** Longer than a run takes, shorter than the pause between two. */
export const A_RUN = 5 * 60_000

const open: PruningWorld[] = []
afterEach(async () => {
  for (const w of open.splice(0)) await w.close()
})

/** A database with rows of any age. */
export class PruningWorld {
  readonly clock = new QuietClock()
  readonly log: LogLine[] = []
  readonly #pruner: Pruner

  static async open(keep: Partial<Keep> = {}): Promise<PruningWorld> {
    const w = new PruningWorld(await runtimeStore(), keep)
    open.push(w)
    return w
  }

  private constructor(
    readonly store: Store<RuntimeTables>,
    keep: Partial<Keep>,
  ) {
    const { clock, log } = this
    this.#pruner = new Pruner({
      store,
      clock,
      log: capturedLog(log),
      keep: { ageMs: 30 * DAY, events: 1_000_000, ...keep },
    })
  }

  async close(): Promise<void> {
    await this.#pruner.stop()
    await this.store.close()
  }

  start(): Promise<void> {
    this.#pruner.start()
    return this.clock.advance(A_RUN)
  }

  stop(): Promise<void> {
    return this.#pruner.stop()
  }

  /** An event that was accepted so long ago, with a delivery in each of these states; resolves with its id. */
  async event(ageMs: number, ...states: DeliveryState[]): Promise<string> {
    const at = this.clock.now() - ageMs
    const event_id = idMaker(() => at)()
    const common = {
      event_id,
      type: 't',
      conversation: 'c',
      data: '{}',
      created_at: at,
      bot: 'bot',
      attempts: 0,
      partition: 0,
    }
    const rows = states.map((state, n) => ({ ...common, state, plugin: `p${n}`, ended_at: at }))
    await this.#insert('deliveries', rows)
    return event_id
  }

  async call(ageMs: number, state: OutboxState, event_id: string | null = null): Promise<string> {
    const at = this.clock.now() - ageMs
    const key = `${event_id ?? 'own'}/${idMaker(() => at)()}`
    const row: OutboxTable = {
      ...{ key, seq: key, bot: 'b', event_id, state, created_at: at, updated_at: at, expires_at: at },
      ...{ endpoint: 'messages.send', lane: 'l', priority: 'notice', args: '{}', attempts: 1 },
      ...{ result: null, error: null, partition: 0, app: '' },
    }
    await this.#insert('outbox', [row])
    return key
  }

  async broadcast(
    ageMs: number,
    state: BroadcastState,
    total: number,
    event_id: string | null = null,
  ): Promise<string> {
    const at = this.clock.now() - ageMs
    const id = idMaker(() => at)()
    const ended_at = state === 'running' || state === 'paused' || state === 'undoing' ? null : at
    const row: BroadcastTable = {
      ...{ id, key: id, bot: 'b', event_id, shadow: 0, title: 't', message: '{}', state, total },
      ...{ created_at: at, ended_at, partition: 0 },
    }
    await this.#insert('broadcasts', [row])
    const target = { broadcast: id, target_type: 'group', target_id: '1', state: 'sent' } as const
    await this.#insert(
      'broadcast_targets',
      Array.from({ length: total }, (_, position) => ({ ...target, position })),
    )
    return id
  }

  async order(ageMs: number, doneMsAgo: number | null): Promise<string> {
    const at = this.clock.now() - ageMs
    const id = idMaker(() => at)()
    const done_at = doneMsAgo === null ? null : this.clock.now() - doneMsAgo
    await this.#insert('orders', [{ id, kind: 'k', args: '{}', created_at: at, done_at }])
    return id
  }

  async events(): Promise<string[]> {
    const rows = await this.store.read.execute(
      this.store.db.selectFrom('deliveries').select('event_id').distinct().orderBy('event_id'),
    )
    return rows.map(({ event_id }) => event_id)
  }

  async calls(): Promise<string[]> {
    const rows = await this.store.read.execute(
      this.store.db.selectFrom('outbox').select('key').orderBy('key'),
    )
    return rows.map(({ key }) => key)
  }

  async count(table: keyof RuntimeTables): Promise<number> {
    const counted = this.store.db.selectFrom(table).select(sql<number>`count(*)`.as('n'))
    return (await this.store.read.execute(counted))[0]!.n
  }

  async #insert(table: keyof RuntimeTables, rows: readonly object[]): Promise<void> {
    const { store } = this
    for (let from = 0; from < rows.length; from += 500) {
      const insert = store.db.insertInto(table).values(rows.slice(from, from + 500) as never)
      await store.write(async tx => void (await tx.execute(insert)))
    }
  }
}
