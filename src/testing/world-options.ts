import type { ManualClock } from '../base/clock.ts'
import type { PluginUse, WorldBot } from './population.ts'

/** The people of a world that names none. */
export const TOWNSPEOPLE = ['alice', 'bobby', 'carol', 'dave'] as const
export type Townspeople = typeof TOWNSPEOPLE

/** What there is in a world. The names of its people, groups and rooms are known to the compiler. */
export interface WorldOptions<
  Users extends readonly string[] = readonly string[],
  Groups extends readonly string[] = readonly string[],
  Rooms extends readonly string[] = readonly string[],
> {
  /** Plugins of the one bot, `bot`, whose username is `test-bot`. */
  readonly plugins?: readonly PluginUse[]
  /** Roles and the like of the one bot. */
  readonly bot?: Partial<Omit<WorldBot, 'plugins'>>
  /** In place of the one bot. */
  readonly bots?: readonly WorldBot[]
  /** Default: alice, bobby, carol and dave. */
  readonly users?: Users
  /** All users are in each, the first owns it. Numbered from 10000001 on. Default: `square`. */
  readonly groups?: Groups
  /** All users are in each, the first owns it. Numbered from 20000001 on. Default: `hall`. */
  readonly rooms?: Rooms
  readonly clock?: ManualClock
  /** Where relative paths of media start. Default: the current folder. */
  readonly baseDir?: string
}
