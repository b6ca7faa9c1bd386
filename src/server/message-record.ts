import type { MessageRecord, TargetType } from '../protocol/index.ts'
import type { Apps } from './apps.ts'
import { ctimeOf } from './message-ids.ts'
import type { MessageRow } from './queries/message-queries.ts'

/** A stored message as history, callbacks and inboxes show it. */
export function messageRecord(apps: Apps, row: MessageRow): MessageRecord {
  const msg_ctime = ctimeOf(row.msgid)
  const isSingle = row.target_type === 'single'
  return {
    target_type: row.target_type as TargetType,
    msg_type: row.msg_type,
    target_name: row.target_name,
    target_id: row.target_id,
    from_id: row.from_id,
    from_name: row.from_name,
    from_type: row.from_type,
    from_platform: row.from_platform,
    from_appkey: apps.keyOf(row.app),
    target_appkey: isSingle ? apps.keyOf(row.target_app) : '',
    ...(isSingle ? {} : { set_from_name: row.set_from_name }),
    msg_body: JSON.parse(row.msg_body) as Record<string, unknown>,
    create_time: Math.floor(msg_ctime / 1000),
    version: 1,
    msgid: row.msgid,
    msg_level: row.app === row.target_app ? 0 : 1,
    msg_ctime,
    ...(row.delivery === null ? {} : (JSON.parse(row.delivery) as object)),
  }
}
