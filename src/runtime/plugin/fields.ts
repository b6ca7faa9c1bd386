import { z } from 'zod'
import { DURATION_PATTERN, formatDuration, parseDuration } from '../../base/duration.ts'
import { asError } from '../../base/errors.ts'
import { Id, UserRef } from '../../protocol/fields.ts'
import { MSG_BODY_BYTES } from '../../protocol/index.ts'
import type { Bot } from '../bot/bot.ts'
import { mark } from '../bot/marker.ts'
import type { Target } from '../bot/target.ts'
import { isZone, parseCron } from '../sources/cron/occurrences.ts'

/** A setting that is a length of time such as `10m`; in milliseconds once it is read. */
export const DurationField = (min: string, max: string) => {
  const [minMs = 0, maxMs = 0] = [parseDuration(min), parseDuration(max)]
  const message = `must be a length of time such as ${formatDuration(minMs)}, up to ${formatDuration(maxMs)}`
  return z
    .string(message)
    .transform((text, context): number => {
      const ms = parseDuration(text)
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .meta({ pattern: DURATION_PATTERN, examples: [min, max] })
}

/** A setting that is a cron expression. */
export const CronField = z
  .string('must be a cron expression')
  .superRefine((expression, context) => {
    try {
      parseCron(expression)
    } catch (error) {
      context.addIssue({ code: 'custom', message: `must be a cron expression; ${asError(error).message}` })
    }
  })
  .meta({ examples: ['0 9 * * 1-5', '@daily'] })

/** A setting that is an IANA time zone. */
export const ZoneField = z
  .string('must be a time zone')
  .refine(isZone, 'must be an IANA time zone such as Asia/Shanghai')
  .meta({ examples: ['Asia/Shanghai', 'UTC'] })

/** A setting that says where something is sent. */
export const TargetsField = z
  .strictObject({
    groups: z.array(Id).max(500).default([]),
    rooms: z.array(Id).max(500).default([]),
    users: z.array(UserRef).max(500).default([]),
  })
  .refine(
    ({ groups, rooms, users }) => groups.length + rooms.length + users.length > 0,
    'must name at least one of groups, rooms, users',
  )
export type TargetsField = z.output<typeof TargetsField>

/** The groups, rooms and users that a {@link TargetsField} names, each once. */
export function targetsOf(bot: Bot, { groups, rooms, users }: TargetsField): Target[] {
  return [
    ...[...new Set(groups)].map(gid => bot.group(gid)),
    ...[...new Set(rooms)].map(id => bot.room(id)),
    ...[...new Set(users)].map(username => bot.user(username)),
  ]
}

/** As long as the marker that every message carries. */
const SAMPLE_ID = '0'.repeat(26)

/** Whether a text can be sent as one message. */
export const fitsMessage = (text: string): boolean =>
  Buffer.byteLength(JSON.stringify(mark('text', { text }, SAMPLE_ID))) <= MSG_BODY_BYTES
