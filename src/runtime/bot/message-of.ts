import { AppError } from '../../base/errors.ts'
import {
  describeIssue,
  endpoints,
  type MessageType,
  MSG_BODY_BYTES,
  type TargetType,
} from '../../protocol/index.ts'
import type { Language } from '../texts/language.ts'
import { mark, markerFor } from './marker.ts'
import { checkMention, MENTION, withNames } from './mention.ts'
import type { SendOptions } from './send-options.ts'

/**
 * A message as JMessage takes it.
 *
 * @throws AppError `message.invalid` when its mention is wrong
 */
export function messageOf(
  from: string,
  to: { readonly type: TargetType; readonly id: string },
  type: MessageType,
  body: Record<string, unknown>,
  options: SendOptions,
  language?: Language,
): Record<string, unknown> {
  const { extras, fromName, notification, noOffline, noNotification } = options
  const said = options.mention === undefined ? body : mentioning(type, body, options, language)
  const message: Record<string, unknown> = {
    version: 1,
    target_type: to.type,
    target_id: to.id,
    from_type: 'admin',
    from_id: from,
    msg_type: type,
    msg_body: said === body && extras && type !== 'custom' ? { ...body, extras } : said,
  }
  if (fromName !== undefined) message.from_name = fromName
  if (notification !== undefined) message.notification = notification
  if (noOffline !== undefined) message.no_offline = noOffline
  if (noNotification !== undefined) message.no_notification = noNotification
  return message
}

/** A body with those that are mentioned, and the extras. */
function mentioning(
  type: MessageType,
  body: Record<string, unknown>,
  { mention: asked, extras }: SendOptions,
  language: Language | undefined,
): Record<string, unknown> {
  const mention = checkMention(asked!)
  if (Object.hasOwn(type === 'custom' ? body : (extras ?? {}), MENTION)) throw twice(type)
  if (type === 'custom') return { ...body, [MENTION]: mention }
  const named = typeof body.text === 'string' && type === 'text'
  const said = named ? { ...body, text: withNames(String(body.text), mention, language) } : body
  return { ...said, extras: { ...extras, [MENTION]: mention } }
}

const twice = (type: MessageType): AppError =>
  new AppError(
    `the message cannot be sent: mention is there twice, as ${type === 'custom' ? 'a key of it' : 'extras.mention'} too`,
    {
      code: 'message.invalid',
      hint: 'Leave one of them out.',
    },
  )

/** @throws AppError `message.invalid` when JMessage would refuse the message that is sent under a key */
export function checkMessage(message: Record<string, unknown>, key: string): void {
  // With the marker that it is going to carry, as it counts too.
  const type = String(message.msg_type)
  const body = mark(type, message.msg_body as Record<string, unknown>, markerFor(key))
  const checked = endpoints['messages.send'].body.safeParse({ ...message, msg_body: body })
  if (checked.success) return
  const excess = bytesOf(body) - MSG_BODY_BYTES
  if (excess > 0) throw tooLong(type, body, excess)
  const problem = describeIssue(checked.error)
  throw new AppError(`the message cannot be sent: ${problem}`, { code: 'message.invalid' })
}

/** How much of a message's 4096 bytes something takes. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

function tooLong(type: string, body: Record<string, unknown>, excess: number): AppError {
  const isText = type === 'text' && bytesOf(body.text) > excess
  const field = isText ? 'text' : type === 'custom' ? 'the custom body' : 'extras'
  const bytes = `${excess} byte${excess === 1 ? '' : 's'}`
  return new AppError(
    `the message cannot be sent: ${field} is ${bytes} too long; a message has at most ${MSG_BODY_BYTES} bytes of JSON, its marker counted`,
    {
      code: 'message.invalid',
      ...(isText ? { hint: 'chat.texts(text) sends it in parts, chat.file(…) as a file.' } : {}),
    },
  )
}
