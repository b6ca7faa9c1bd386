import { spanAt } from '../../../sources/cron/zones.ts'

const DAY_MS = 86_400_000

/** What clocks show in a zone at an instant: ms as if local time were UTC. */
export const localTime = (zone: string, at: number): number => at + spanAt(zone, at).offsetMs

/**
 * The first instant at which clocks in a zone show a local time (ms as if that were UTC). A time that is skipped, as
 * clocks are put forward, is the moment at which they are.
 */
export function instantOf(zone: string, local: number): number {
  const before = spanAt(zone, local - DAY_MS).offsetMs
  const after = spanAt(zone, local + DAY_MS).offsetMs
  for (const offset of before > after ? [before, after] : [after, before]) {
    const at = local - offset
    if (spanAt(zone, at).offsetMs === offset) return at
  }
  return spanAt(zone, local - before).startAt
}
