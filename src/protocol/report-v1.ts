import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { integer } from './fields.ts'
import { MessageRecord } from './messages.ts'
import { HISTORY_PAGE, WireTime } from './report.ts'

const history = {
  section: 'Extra: Report V1 (history)',
  method: 'GET',
  query: {
    start: integer(0, Number.MAX_SAFE_INTEGER).describe('zero-based offset of the first record'),
    count: integer(1, HISTORY_PAGE).describe('page size'),
    begin_time: WireTime.optional().describe('inclusive'),
    end_time: WireTime.optional().describe('inclusive'),
  },
  status: 200,
  response: z.object({
    total: z.int(),
    start: z.int(),
    count: z.int(),
    messages: z.array(MessageRecord),
  }),
  paged: { by: 'start', items: 'messages' },
  notes: 'Superseded by V2, whose pages cost the same however far they are.',
} as const

export const reportV1Messages = endpoint({
  ...history,
  id: 'report.v1.messages.list',
  title: 'Message history of the app (V1)',
  path: '/v1/messages',
  errors: [899003],
})

export const reportV1UserMessages = endpoint({
  ...history,
  id: 'report.v1.users.messages.list',
  title: 'Messages a user sent, and single-chat messages sent to the user (V1)',
  path: '/v1/users/:username/messages',
  errors: [899002, 899003],
})
