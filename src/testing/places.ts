import { AppError } from '../base/errors.ts'
import type { Client } from '../client/index.ts'
import {
  formatWireTime,
  HISTORY_PAGE,
  HISTORY_RANGE_MS,
  type HistoryPage,
  type MessageRecord,
} from '../protocol/index.ts'

/** Where something is said: a group or room by its name or number, or a user who is written to. */
export type Place =
  | { readonly group: string | number }
  | { readonly room: string | number }
  | { readonly user: string }

/** The groups and rooms of a world: their numbers by their names. */
export interface Towns {
  readonly groups: Readonly<Record<string, number>>
  readonly rooms: Readonly<Record<string, number>>
}

/** A place as JMessage names it. */
export interface Address {
  readonly target_type: 'group' | 'chatroom' | 'single'
  readonly target_id: string
}

export function addressOf(place: Place, { groups, rooms }: Towns): Address {
  if ('user' in place) return { target_type: 'single', target_id: place.user }
  if ('group' in place) return { target_type: 'group', target_id: numberOf(place.group, groups) }
  return { target_type: 'chatroom', target_id: numberOf(place.room, rooms) }
}

function numberOf(name: string | number, known: Readonly<Record<string, number>>): string {
  const number = typeof name === 'number' ? name : known[name]
  if (number !== undefined) return String(number)
  throw new AppError(`there is no '${name}' in this world`, {
    code: 'world.place',
    hint: `There are ${Object.keys(known).join(', ') || 'none'}.`,
  })
}

/** What was said at a place since an instant, oldest first; what was retracted is not there any more. */
export async function historyOf(
  client: Client,
  { target_type, target_id }: Address,
  since: number,
  until: number,
): Promise<MessageRecord[]> {
  const { groups, chatrooms, users } = client.report
  const records: MessageRecord[] = []
  type Query = Parameters<typeof client.report.messages.list>[0]
  const list = (query: Query): Promise<HistoryPage> => {
    if (target_type === 'group') return groups.messages.list({ gid: Number(target_id), ...query })
    if (target_type === 'chatroom') return chatrooms.messages.list({ roomId: Number(target_id), ...query })
    return users.messages.list({ username: target_id, ...query })
  }
  for (let begin = since; begin <= until; begin += HISTORY_RANGE_MS) {
    const end = Math.min(until, begin + HISTORY_RANGE_MS - 1000)
    const range = { begin_time: formatWireTime(begin), end_time: formatWireTime(end), count: HISTORY_PAGE }
    let page = await list(range)
    records.push(...page.messages)
    while (page.cursor !== undefined) {
      page = await list({ cursor: page.cursor })
      records.push(...page.messages)
    }
  }
  return records.filter(record => record.target_type === target_type)
}
