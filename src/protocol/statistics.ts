import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { integer } from './fields.ts'

const section = 'Extra: Report V2 (history and statistics)'

/** The longest duration by unit of time. */
export const STATISTIC_UNITS = { HOUR: 24, DAY: 60, MONTH: 2 } as const
export type StatisticUnit = keyof typeof STATISTIC_UNITS

const start = z
  .string('must be a time: HOUR yyyy-MM-dd HH, DAY yyyy-MM-dd, MONTH yyyy-MM')
  .max(20)
  .describe('HOUR yyyy-MM-dd HH, DAY yyyy-MM-dd, MONTH yyyy-MM (UTC+8)')
const duration = integer(0, STATISTIC_UNITS.DAY).describe(
  'units from start: HOUR up to 24 within one day, DAY up to 60, MONTH up to 2',
)
const daily = {
  section,
  method: 'GET',
  query: { time_unit: z.literal('DAY', 'must be DAY'), start, duration },
  status: 200,
  errors: [899003],
} as const

export const statisticUsers = endpoint({
  ...daily,
  id: 'report.statistic.users',
  title: 'Users by day: how many there are, are new, active and sending',
  path: '/v2/statistic/users',
  response: z.array(
    z.object({
      active_users: z.int().describe('logged in or sent a message that day'),
      total_users: z.int(),
      send_msg_users: z.int().describe('sent a message that day'),
      new_users: z.int(),
      date: z.string(),
    }),
  ),
})

const MessagesByType = z.object({
  txt_msg: z.int(),
  image_msg: z.int(),
  voice_msg: z.int(),
  other_msg: z.int(),
})

export const statisticMessages = endpoint({
  ...daily,
  id: 'report.statistic.messages',
  title: 'Messages by hour, day or month, and by type; chat rooms are not counted',
  path: '/v2/statistic/messages',
  query: {
    time_unit: z.enum(['HOUR', 'DAY', 'MONTH'], 'must be one of HOUR, DAY, MONTH'),
    start,
    duration,
  },
  response: z.object({
    send_msg_stat: z.array(z.object({ time: z.string(), group_send_msg: z.int(), single_send_msg: z.int() })),
    group_msg_stat: MessagesByType,
    single_msg_stat: MessagesByType,
  }),
})

export const statisticGroups = endpoint({
  ...daily,
  id: 'report.statistic.groups',
  title: 'Groups by day: how many there are, are new and active',
  path: '/v2/statistic/groups',
  response: z.array(
    z.object({
      date: z.string(),
      active_group: z.int().describe('with a message that day'),
      total_group: z.int(),
      new_group: z.int(),
    }),
  ),
})
