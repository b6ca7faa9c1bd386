import type { MissedRuleInput } from '../sources/cron/missed.ts'
import type { HandlerContext } from './told.ts'

export interface CronOptions {
  /** Names the schedule, so that it is the same after a change; default: its expression. */
  readonly name?: string
  /** IANA zone; default: that of the bot's file. */
  readonly timezone?: string
  /**
   * What becomes of times that were missed, as the process was down, the machine slept or the store failed: `'skip'`;
   * `'once'`, the last one; `{ once: '10m' }` (the default), the last one unless it is longer ago; `{ all: '6h' }`, each
   * that is not longer ago, in order, at most 1000.
   */
  readonly missed?: MissedRuleInput
  /** Whether it fires though its former run has not ended, or waits to be tried again. Default: no; the time is passed over. */
  readonly overlap?: boolean
}

/** A schedule that was set up. */
export interface Schedule {
  readonly name: string
  readonly expression: string
  readonly timezone: string
  /** When it fires next, epoch ms. */
  next(): number | undefined
}

export type CronHandler<Extra = unknown> = (
  context: HandlerContext &
    Extra & {
      /** The moment it was due, epoch ms. */
      readonly scheduledAt: number
      /** How much later it fired, in ms: some by a busy machine, much when it was missed and is made up for. */
      readonly lateMs: number
    },
) => unknown
