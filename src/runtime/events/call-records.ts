import type { OutboxTable } from '../../store/schema/runtime.ts'
import { MARKER } from '../bot/marker.ts'
import { shadowPrefix } from '../shadow/shadow-outbox.ts'
import type { MadeCall } from './event.ts'
import type { CallRecord } from './record.ts'

/** A call that was kept with its delivery. */
export const keptCall = ({ key, endpoint, lane, args, result, at, shadow }: MadeCall): CallRecord => ({
  ...{ key, endpoint, lane, at },
  args: unmarked(args),
  state: shadow ? 'shadow' : 'sent',
  result: result ?? null,
  error: null,
})

/** A call with a row of its own. */
export const rowCall = (row: OutboxTable): CallRecord => ({
  key: plainKey(row),
  endpoint: row.endpoint,
  lane: row.lane,
  args: unmarked(JSON.parse(row.args)),
  state: row.state,
  result: row.result === null ? null : JSON.parse(row.result),
  error: row.error,
  at: row.updated_at,
})

/** Whose call it is, as far as its key tells. */
export function ownerOf({ key, event_id }: OutboxTable): { bot?: string; plugin?: string } {
  const [first, bot = '', plugin = ''] = key.split('/')
  if (first === event_id) return { bot, plugin }
  return key.startsWith(shadowPrefix(bot)) ? { bot } : {}
}

/** The key that the call has outside of the shadow. */
function plainKey(row: OutboxTable): string {
  const { bot } = ownerOf(row)
  const prefix = shadowPrefix(bot ?? '')
  return row.key.startsWith(prefix) ? row.key.slice(prefix.length) : row.key
}

/** Arguments without the marker that messages carry: it differs from event to event. */
function unmarked(args: CallRecord['args']): CallRecord['args'] {
  const { body } = args as { body?: { msg_body?: Record<string, unknown> } }
  if (!body?.msg_body) return args
  const { [MARKER]: _, extras, ...msg_body } = body.msg_body
  const { [MARKER]: __, ...kept } = (extras ?? {}) as Record<string, unknown>
  const more = Object.keys(kept).length === 0 ? {} : { extras: kept }
  return { ...args, body: { ...body, msg_body: { ...msg_body, ...more } } }
}
