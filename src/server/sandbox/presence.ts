import type { Change } from '../../store/index.ts'

/** Knows who is connected, to whatever process. */
export interface Presence {
  /** A stream was opened. */
  opened(user: number, platform: string): Promise<void>
  /** What to change when the last stream of a user on a platform has ended. */
  closed(user: number, platform: string): Change[]
  /** Platforms on which a user is connected now. */
  platformsOf(user: number): Promise<ReadonlySet<string>>
}
