import type { Client } from '../../client/index.ts'
import {
  formatWireTime,
  HISTORY_RANGE_MS,
  type MessageRecord,
  type SendReceipt,
} from '../../protocol/index.ts'

/** The key under which a message carries the id of its row in the outbox. */
export const MARKER = '_beadle'

/** A message body that carries a marker: in `extras`, or, as custom messages have none, beside the author's keys. */
export function mark(type: string, body: Record<string, unknown>, id: string): Record<string, unknown> {
  if (type === 'custom') return { ...body, [MARKER]: id }
  return { ...body, extras: { ...(body.extras as object | undefined), [MARKER]: id } }
}

/** The marker that a message carries. */
export function markerOf({ msg_body: body }: MessageRecord): string | undefined {
  const marker = (body.extras as Record<string, unknown> | undefined)?.[MARKER] ?? body[MARKER]
  return typeof marker === 'string' ? marker : undefined
}

/** Clocks of JMessage and of this machine may differ by as much. */
const SKEW_MS = 10 * 60_000
const AHEAD_MS = 24 * 3_600_000

/**
 * What JMessage's history knows of the messages a bot sent since an instant (epoch ms), by their markers. Reaches back
 * seven days at most.
 */
export async function sentMessages(client: Client, username: string, since: number, now: number) {
  const found = new Map<string, SendReceipt>()
  const end = now + AHEAD_MS
  const begin = Math.max(since - SKEW_MS, end - HISTORY_RANGE_MS)
  let page = await client.report.users.messages.list({
    username,
    begin_time: formatWireTime(begin),
    end_time: formatWireTime(end),
    count: 1000,
  })
  for (;;) {
    for (const message of page.messages) {
      const marker = markerOf(message)
      if (marker) found.set(marker, { msg_id: message.msgid, msg_ctime: message.msg_ctime })
    }
    if (!page.cursor) return found
    page = await client.report.users.messages.list({ username, cursor: page.cursor })
  }
}
