import { statSync } from 'node:fs'
import { sql } from 'kysely'
import type { AppOutbox } from '../runtime/bot/app-outbox.ts'
import { CORE_PLUGIN } from '../runtime/bot/lift.ts'
import type { PluginHealth } from '../runtime/dispatch/health.ts'
import type { Recipient } from '../runtime/events/event.ts'
import type { Instance } from '../runtime/plugin/deps.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { literally, type Store, type StoreState } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import type { MainConfig } from './config/index.ts'
import { fileOf } from './config/index.ts'
import type { RunningConfig } from './reload/running-config.ts'

/** How a plugin of a bot fares. */
export type PluginFigures = Recipient & PluginHealth & Pick<Instance, 'trouble'>

/** How an app is. */
export type AppFigures = Pick<AppOutbox, 'name' | 'depths' | 'quota' | 'outageSince'>

/** What failed for good and waits for a person. */
export interface DeadFigures {
  /** Deliveries that were set aside. */
  readonly deliveries: number
  /** Calls that JMessage did not take. */
  readonly failed: number
  /** Calls of which nobody can tell whether they took effect. */
  readonly unsure: number
}

/** Targets of broadcasts that are under way, by their state. */
export type BroadcastFigures = readonly { readonly state: string; readonly targets: number }[]

/** How Beadle is at this moment, for metrics and health. Read when somebody asks, and noted nowhere. */
export class Figures {
  readonly #runtime: Runtime
  readonly #store: Store<RuntimeTables>
  readonly #database: string | undefined
  /** So many events and calls may wait. */
  readonly mostWaiting: number
  readonly configuration: Pick<RunningConfig, 'state' | 'refusal' | 'restart'>

  constructor(parts: {
    runtime: Runtime
    store: Store<RuntimeTables>
    main: MainConfig
    configuration: Pick<RunningConfig, 'state' | 'refusal' | 'restart'>
  }) {
    const { runtime, store, main, configuration } = parts
    this.#runtime = runtime
    this.#store = store
    this.configuration = configuration
    this.#database = fileOf(main.database)
    this.mostWaiting = main.limits.pending
  }

  /** See {@link Runtime.parts}. */
  get parts(): number | undefined {
    return this.#runtime.parts
  }

  /** Events and calls that wait or are under way. */
  get waiting(): number {
    return this.#runtime.waiting
  }

  /** How each plugin of each bot is. */
  get plugins(): readonly PluginFigures[] {
    const { bots, dispatcher, host } = this.#runtime
    const all = bots.flatMap(({ id: bot, plugins }) =>
      [CORE_PLUGIN, ...plugins.map(({ name }) => name)].map(plugin => ({ bot, plugin })),
    )
    return all.map(({ bot, plugin }) => ({
      ...{ bot, plugin, ...dispatcher.health(bot, plugin) },
      trouble: host.instance(bot, plugin)?.trouble,
    }))
  }

  /** How each app is: its quota, its calls that wait, and since when JMessage cannot be reached, if it cannot. */
  get apps(): readonly AppFigures[] {
    return this.#runtime.outbox.apps
  }

  get store(): StoreState {
    return this.#store.state
  }

  /** Path of the database's file, if it has one. */
  get database(): string | undefined {
    return this.#database
  }

  /** Bytes of the database on disk, with what is not yet moved into its file. */
  databaseBytes(): number | undefined {
    const { database } = this
    if (database === undefined) return undefined
    return ['', '-wal'].reduce(
      (bytes, suffix) => bytes + (statSync(`${database}${suffix}`, { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  }

  /** @throws StoreError when the database cannot be read */
  async dead(): Promise<DeadFigures> {
    const { db, read } = this.#store
    // The states are written out, or SQLite would not find the indexes that hold only such rows.
    const [deliveries, calls] = await Promise.all([
      read.execute(
        db
          .selectFrom('deliveries')
          .select(eb => eb.fn.countAll<number>().as('count'))
          .where('state', '=', sql.lit('dead')),
      ),
      read.execute(
        db
          .selectFrom('outbox')
          .select(['state', eb => eb.fn.countAll<number>().as('count')])
          .where('state', 'in', literally(['failed', 'unsure']))
          .groupBy('state'),
      ),
    ])
    const countOf = (state: string) => calls.find(row => row.state === state)?.count ?? 0
    return { deliveries: deliveries[0]?.count ?? 0, failed: countOf('failed'), unsure: countOf('unsure') }
  }

  /** @throws StoreError when the database cannot be read */
  async broadcasts(): Promise<BroadcastFigures> {
    const { db, read } = this.#store
    return read.execute(
      db
        .selectFrom('broadcast_targets')
        .select(['state', eb => eb.fn.countAll<number>().as('targets')])
        .where('broadcast', 'in', eb =>
          eb.selectFrom('broadcasts').select('id').where('ended_at', 'is', null),
        )
        .groupBy('state'),
    )
  }
}
