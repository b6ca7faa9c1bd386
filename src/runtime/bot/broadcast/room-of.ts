import { WINDOW } from './broadcast-run.ts'
import type { Sender } from './broadcasts-options.ts'

const MINUTE_S = 60

/**
 * A second's worth of messages, shared by all broadcasts of an app that are at work: a reply to a group comes after the
 * message that is on its way to it, and is not to wait long for that.
 */
export function roomOf({ quota }: Sender['exit'], atWork: number): number {
  const limit = quota?.limit
  const all = limit === undefined ? WINDOW : Math.min(WINDOW, Math.ceil(limit / MINUTE_S))
  return Math.max(1, Math.floor(all / atWork))
}
