import { z } from 'zod'
import { formatDuration, parseDuration } from '../../base/duration.ts'

/** A length of time, as `10m` or in ms, within bounds; in ms once it is read. */
export function lengthOfTime(minMs: number, maxMs: number) {
  const message = `must be a length of time such as 10s or 5m, from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
  return z.union([z.string(), z.number()], message).transform((given, context): number => {
    const ms = typeof given === 'number' ? given : parseDuration(given)
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}
