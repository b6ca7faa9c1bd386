import { hash } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import { type Client, InvalidRequest } from '../../client/index.ts'
import {
  formatWireTime,
  HISTORY_PAGE,
  HISTORY_RANGE_MS,
  type MessageRecord,
  type SendReceipt,
} from '../../protocol/index.ts'

/** By what a message is known in JMessage's history: the same each time the same call is made. */
export const markerFor = (key: string): string => hash('sha256', key, 'base64url').slice(0, 22)

/** The key under which a message carries its marker: by it the message is known in JMessage's history. */
export const MARKER = '_beadle'

/** A message body that carries a marker: in `extras`, or, as custom messages have none, beside the author's keys. */
export function mark(type: string, body: Record<string, unknown>, marker: string): Record<string, unknown> {
  if (type === 'custom') return { ...body, [MARKER]: marker }
  return { ...body, extras: { ...(body.extras as object | undefined), [MARKER]: marker } }
}

/** The marker that a message carries. */
export function markerOf({ msg_body: body }: MessageRecord): string | undefined {
  const marker = (body.extras as Record<string, unknown> | undefined)?.[MARKER] ?? body[MARKER]
  return typeof marker === 'string' ? marker : undefined
}

/** Clocks of JMessage and of this machine may differ by as much. */
const SKEW_MS = 10 * 60_000
const AHEAD_MS = 24 * 3_600_000

/** Messages that were sent before are not seen by a look at `now`. Both epoch ms. */
export const seenSince = (now: number): number => now + AHEAD_MS - HISTORY_RANGE_MS + SKEW_MS

/**
 * What JMessage's history knows of the messages a bot sent, by their markers.
 *
 * @param search.bot  username of the bot
 * @param search.since  when the first of the messages may have been sent (epoch ms); six days back at most
 */
export async function sentMessages(
  client: Client,
  search: { readonly bot: string; readonly since: number; readonly now: number },
): Promise<Map<string, SendReceipt>> {
  const { bot: username, since, now } = search
  const found = new Map<string, SendReceipt>()
  const end = now + AHEAD_MS
  const begin = Math.max(since - SKEW_MS, end - HISTORY_RANGE_MS)
  let page = await client.report.users.messages.list({
    username,
    begin_time: formatWireTime(begin),
    end_time: formatWireTime(end),
    count: HISTORY_PAGE,
  })
  for (;;) {
    for (const message of page.messages) {
      // Others can send to the bot what they have heard from it, marker and all.
      const marker = message.from_id === username ? markerOf(message) : undefined
      if (marker) found.set(marker, { msg_id: message.msgid, msg_ctime: message.msg_ctime })
    }
    if (!page.cursor || page.messages.length === 0) return found
    page = await client.report.users.messages.list({ username, cursor: page.cursor }).catch(ranOut)
  }
}

/** Cursors last for two minutes, and quotas may be waited for longer. */
function ranOut(error: unknown): never {
  if (!(error instanceof InvalidRequest)) throw error
  throw new AppError('a page of the history ran out', {
    code: 'history.ran-out',
    retry: 'later',
    cause: error,
  })
}
