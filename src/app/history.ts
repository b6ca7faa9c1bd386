import { type Client, createClient } from '../client/index.ts'
import { formatWireTime, type MessageRecord } from '../protocol/index.ts'
import { clientOptions } from './client-options.ts'
import { appNamed, type LoadedConfig } from './config/index.ts'

export type { MessageRecord }

/** Whose history: a group's, a chat room's, or what a user said anywhere and was told directly. */
export type HistoryOf = { readonly group: number } | { readonly room: number } | { readonly user: string }

export interface HistoryRange {
  /** Name of the app. Default: the main one. */
  readonly app?: string | undefined
  /** Epoch ms. */
  readonly since: number
  readonly until: number
}

/** What was said, oldest first, as JMessage's history has it: without what was taken back. */
export async function* readHistory(
  { main }: LoadedConfig,
  of: HistoryOf,
  { app, since, until }: HistoryRange,
): AsyncGenerator<MessageRecord> {
  const client = createClient(clientOptions(main, appNamed(main, app)))
  try {
    yield* messagesOf(client, of, {
      begin_time: formatWireTime(since),
      end_time: formatWireTime(until),
    })
  } finally {
    await client.close()
  }
}

function messagesOf(client: Client, of: HistoryOf, range: { begin_time: string; end_time: string }) {
  const { groups, chatrooms, users } = client.report
  if ('group' in of) return groups.messages.list.each({ gid: of.group, ...range })
  if ('room' in of) return chatrooms.messages.list.each({ roomId: of.room, ...range })
  return users.messages.list.each({ username: of.user, ...range })
}
