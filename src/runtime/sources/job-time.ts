import { AppError } from '../../base/errors.ts'

/** Farther from now is a mistake: seconds in place of milliseconds, for one. */
export const FARTHEST_MS = 10 * 366 * 86_400_000

/** @throws AppError `job.time` */
export function checkTime(dueAt: unknown, now: number): void {
  const isTime = typeof dueAt === 'number' && Number.isFinite(dueAt)
  if (isTime && Math.abs(dueAt - now) <= FARTHEST_MS) return
  throw new AppError(`a job cannot be at ${String(dueAt)}${isTime ? ': that is over ten years away' : ''}`, {
    code: 'job.time',
    hint: "Write { at: Date.now() + 60_000 }, in milliseconds since 1970, or { after: '1m' }.",
  })
}
