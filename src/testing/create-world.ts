import { ManualClock } from '../base/clock.ts'
import { createClient, fetchTransport } from '../client/index.ts'
import { startServer } from '../server/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../store/schema/runtime.ts'
import type { Person } from './person.ts'
import { botsOf, settle } from './population.ts'
import './preload.ts'
import { type Turn, turnOfTheLoop } from './quiet.ts'
import { World } from './world.ts'
import { TOWNSPEOPLE, type Townspeople, type WorldOptions } from './world-options.ts'
import { APP } from './world-parts.ts'

/** A world whose people and places are known by name; those of the usual town are at hand as `w.alice` and so on. */
export type NamedWorld<Name extends string, PlaceName extends string> = World<Name, PlaceName> & {
  readonly [Known in string extends Name ? never : Name & Townspeople[number]]: Person
}

/**
 * Builds a world in memory: an IM server with people, groups and rooms, and bots with plugins. It has no ports and no
 * time of its own; the clock of everything in it is `clock`.
 *
 * @example
 *   await using w = await world({ plugins: [{ use: greeter }] })
 *   const { alice, group } = w
 *   await alice.says('/ping')
 *   await group.expect('pong')
 * @throws AppError when the settings of a plugin are wrong, its languages differ, or it cannot be set up
 */
export async function world<
  const Users extends readonly string[] = Townspeople,
  const Groups extends readonly string[] = readonly ['square'],
  const Rooms extends readonly string[] = readonly ['hall'],
>(
  options: WorldOptions<Users, Groups, Rooms> = {},
): Promise<NamedWorld<Users[number], Groups[number] | Rooms[number]>> {
  const { clock = new ManualClock() } = options
  const store = await openStore(runtimeSchema, { url: ':memory:' })
  return worldOn({ clock, store, turn: turnOfTheLoop }, options)
}

/** What a world stands on. */
export interface Ground {
  readonly clock: ManualClock
  /** Closed with the world. */
  readonly store: Store<RuntimeTables>
  /** Lets the event loop turn once. */
  readonly turn: Turn
}

/** Builds a {@link world} with a store of another kind. */
export async function worldOn<Name extends string, PlaceName extends string>(
  ground: Ground,
  options: Omit<WorldOptions, 'clock'>,
): Promise<NamedWorld<Name, PlaceName>> {
  const { clock } = ground
  const bots = botsOf(options)
  const server = await startServer({ listen: undefined, data: ':memory:', apps: [APP], sandbox: true, clock })
  const transport = fetchTransport(request => server.fetch(request))
  const client = createClient({ endpoint: server.url, ...APP, transport, clock })
  const towns = await settle(client, options)
  const { baseDir = process.cwd(), users = TOWNSPEOPLE } = options
  const w = new World<string, string>({ ...ground, server, client, bots, baseDir, users, ...towns })
  try {
    await w.restart()
    return w as NamedWorld<Name, PlaceName>
  } catch (error) {
    await w.close()
    throw error
  }
}
