import type { ManualClock } from '../base/clock.ts'
import type { Client } from '../client/index.ts'
import type { BotSpec, RuntimeOptions } from '../runtime/options.ts'
import type { ImServer } from '../server/index.ts'
import type { Store } from '../store/index.ts'
import type { RuntimeTables } from '../store/schema/runtime.ts'
import type { Towns } from './places.ts'
import type { Turn } from './quiet.ts'

/** The app of a world. */
export const APP = { appKey: 'beadle00world00000000001', masterSecret: 'beadle00worldsecret00001' }
/** How the server's callback proves itself. */
export const CALLBACK = { authorization: `Basic ${btoa(`${APP.appKey}:${APP.masterSecret}`)}` }
export const appsOf = (client: Client): RuntimeOptions['apps'] => [{ name: 'main', ...APP, client }]

/** What a world is made of. */
export interface WorldParts extends Towns {
  readonly clock: ManualClock
  readonly store: Store<RuntimeTables>
  readonly turn: Turn
  readonly users: readonly string[]
  readonly server: ImServer
  readonly client: Client
  readonly bots: readonly BotSpec[]
  readonly baseDir: string
}
