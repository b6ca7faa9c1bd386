import type { MessageRecord, OutgoingMessage, TargetType } from '../protocol/index.ts'
import type { Apps } from './apps.ts'
import { ctimeOf } from './message-ids.ts'
import type { MessageRow } from './queries/message-queries.ts'

/** What few messages say beside their body; how to show and keep it is passed along as it was said. */
export type MessageExtra = Pick<
  OutgoingMessage,
  'target_name' | 'from_name' | 'no_offline' | 'no_notification' | 'notification'
>

/** A stored message as history, callbacks and inboxes show it. */
export function messageRecord(apps: Apps, row: MessageRow): MessageRecord {
  const msg_ctime = ctimeOf(row.msgid)
  const { target_name, from_name, ...delivery } =
    row.extra === null ? ({} as MessageExtra) : (JSON.parse(row.extra) as MessageExtra)
  const isSingle = row.target_type === 'single'
  return {
    target_type: row.target_type as TargetType,
    msg_type: row.msg_type,
    target_name: target_name ?? '',
    target_id: row.target_id,
    from_id: row.from_id,
    from_name: from_name ?? row.from_name,
    from_type: row.from_type,
    from_platform: row.from_platform,
    from_appkey: apps.keyOf(row.app),
    target_appkey: isSingle ? apps.keyOf(row.target_app) : '',
    ...(isSingle ? {} : { set_from_name: from_name === undefined ? 0 : 1 }),
    msg_body: JSON.parse(row.msg_body) as Record<string, unknown>,
    create_time: Math.floor(msg_ctime / 1000),
    version: 1,
    msgid: row.msgid,
    msg_level: row.app === row.target_app ? 0 : 1,
    msg_ctime,
    ...delivery,
  }
}
