import type { Duration } from '../../bot/context.ts'

/** When a job comes about: at an instant (epoch ms), or after a while (ms, or `10m`, `2h30m`). */
export type JobTime = { readonly at: number } | { readonly after: Duration }

/** How often a job comes about, from now on until it is cancelled. */
export interface JobRhythm {
  /** So long after each other (ms, or `10m`), one second at least; or by a cron expression, such as `0 9 * * 1-5`. */
  readonly every: Duration
  /** By which it is cancelled, or changed. */
  readonly key: string
  /** Of a cron expression: IANA zone; default: that of the bot's file. */
  readonly timezone?: string
  readonly after?: never
  readonly at?: never
}

/** When a job comes about, once or again and again. A second one of a name and `key` takes the place of the first. */
export type JobWhen = (JobTime & { readonly key?: string; readonly every?: never }) | JobRhythm
