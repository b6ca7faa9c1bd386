import type { Duration } from '../bot/context.ts'

/** When a job comes about: at an instant (epoch ms), or after a while (ms, or `10m`, `2h30m`). */
export type JobTime = { readonly at: number } | { readonly after: Duration }
