import { AppError } from '../../base/errors.ts'
import { describeIssue, endpoints, type MessageType, type TargetType } from '../../protocol/index.ts'
import { mark, markerFor } from './marker.ts'

import type { SendOptions } from './target.ts'

/** A message as JMessage takes it. */
export function messageOf(
  from: string,
  to: { readonly type: TargetType; readonly id: string },
  type: MessageType,
  body: Record<string, unknown>,
  options: SendOptions,
): Record<string, unknown> {
  const { extras, fromName, notification, noOffline, noNotification } = options
  const message: Record<string, unknown> = {
    version: 1,
    target_type: to.type,
    target_id: to.id,
    from_type: 'admin',
    from_id: from,
    msg_type: type,
    msg_body: extras && type !== 'custom' ? { ...body, extras } : body,
  }
  if (fromName !== undefined) message.from_name = fromName
  if (notification !== undefined) message.notification = notification
  if (noOffline !== undefined) message.no_offline = noOffline
  if (noNotification !== undefined) message.no_notification = noNotification
  return message
}

/** @throws AppError `message.invalid` when JMessage would refuse the message that is sent under a key */
export function checkMessage(message: Record<string, unknown>, key: string): void {
  // With the marker that it is going to carry, as it counts too.
  const body = mark(String(message.msg_type), message.msg_body as Record<string, unknown>, markerFor(key))
  const checked = endpoints['messages.send'].body.safeParse({ ...message, msg_body: body })
  if (checked.success) return
  const problem = describeIssue(checked.error)
  throw new AppError(`the message cannot be sent: ${problem}`, { code: 'message.invalid' })
}
