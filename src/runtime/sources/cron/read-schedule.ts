import { AppError } from '../../../base/errors.ts'
import { type MissedPolicy, policyOf } from './missed.ts'
import { type CronFields, isZone, parseCron } from './occurrences.ts'
import type { WantedSchedule } from './schedule.ts'

/**
 * Reads what a plugin wants of a schedule.
 *
 * @param isThere  whether the plugin has one of that name
 * @throws AppError `cron.invalid`, `cron.zone`, `cron.missed`, `cron.twice`
 */
export function readSchedule(
  { name, expression, timezone, missed }: WantedSchedule,
  isThere: boolean,
): { readonly fields: CronFields; readonly policy: MissedPolicy } {
  if (isThere) {
    throw new AppError(`the schedule '${name}' is there twice`, {
      code: 'cron.twice',
      hint: 'Give one a name.',
    })
  }
  if (!isZone(timezone)) {
    throw new AppError(`'${timezone}' is no time zone`, {
      code: 'cron.zone',
      hint: "Write 'Asia/Shanghai' or 'UTC'.",
    })
  }
  return { fields: parseCron(expression), policy: policyOf(missed) }
}
