import { join } from 'node:path'
import type { Log } from '../base/log.ts'
import type { Stuck } from '../runtime/dispatch/blame.ts'
import type { BusyMark } from '../runtime/dispatch/busy.ts'
import type { Dispatcher } from '../runtime/dispatch/dispatcher.ts'
import { forgetStuckOf, noteStuck } from '../runtime/fleet/stuck-rows.ts'
import type { BotSpec } from '../runtime/options.ts'
import { isPostgres, type Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import { fileOf, type MainConfig } from './config/index.ts'
import { isForPeople } from './log.ts'
import { type Owner, ownersIn } from './plugin-owners.ts'
import type { Strays } from './strays.ts'
import { type FleetNotes, forgetStuck, readStuck, startWatchdog } from './watchdog.ts'

export interface GuardOptions {
  readonly main: MainConfig
  readonly log: Log
  /** Those that are at work, or about to be. */
  readonly bots: () => readonly BotSpec[]
  readonly strays: Strays
  readonly store: Store<RuntimeTables>
  /** Id of this process among those that share the database, if any may. */
  readonly node: string | undefined
  /** None as long as nothing is handled. */
  readonly dispatcher: () => Dispatcher | undefined
}

/** Keeps the process from harm that a plugin may do to it. */
export interface Guard {
  /** For the runtime. */
  readonly options: { readonly busy: BusyMark; readonly stuck: readonly Stuck[] }
  /** To be called once the runtime has taken up what is stuck. */
  takenUp(): Promise<void>
  stop(): Promise<void>
}

/** Watches over the event loop, and has errors that nobody took noted with the plugins whose they are. */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  const { main, log, bots, strays, store, node, dispatcher } = options
  const ownersOf = ownersIn(bots)
  const noteError = ({ bot, plugin }: Owner, error: Error) => dispatcher()?.noteError(bot, plugin, error)
  strays.belongTo({ ownersOf, noteError })
  const file = isPostgres(main.database) ? join(main.data, 'beadle') : fileOf(main.database)
  const note = file && `${file}.stuck`
  const stuck = note === undefined ? [] : await readStuck(note, log)
  const watchdog = startWatchdog({
    ...main.watchdog,
    ...{ log, note, ownersOf, noteError },
    fleet: node === undefined ? undefined : notesOf(node, main.database, store),
    pretty: isForPeople(main.log),
    running: ({ bot, plugin }) => dispatcher()?.running(bot, plugin) ?? [],
  })
  return {
    options: { busy: watchdog.mark, stuck },
    async takenUp() {
      if (note !== undefined && stuck.length > 0) await forgetStuck(note)
    },
    stop: () => watchdog.stop(),
  }
}

function notesOf(node: string, url: string, { db }: Store<RuntimeTables>): FleetNotes {
  const values = { node, notes: '' }
  const [note, forget] = [noteStuck, forgetStuckOf].map(
    ({ build }) => build(db as never, values).compile().sql,
  )
  return { url, node, note: note!, forget: forget! }
}
