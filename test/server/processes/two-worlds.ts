import { ManualClock } from '../../../src/base/clock.ts'
import type { ServerOptions } from '../../../src/server/index.ts'
import { database } from '../../engine.ts'
import { type World, world } from '../world.ts'

export interface Two {
  readonly database: string
  readonly clock: ManualClock
  readonly a: World
  readonly b: World
}

/** Two servers on one database, with an admin `admin1`. */
export async function twoWorlds(options: Partial<ServerOptions> = {}): Promise<Two> {
  const url = await database()
  const clock = new ManualClock()
  const a = await world({ database: url, clock, ...options })
  const b = await world({ database: url, clock, ...options })
  await a.admin('admin1')
  return { database: url, clock, a, b }
}

/** So many names of users. */
export const names = (count: number, prefix = 'user'): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)
