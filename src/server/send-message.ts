import type { JmCode, OutgoingMessage, SendReceipt } from '../protocol/index.ts'
import type { App } from './apps.ts'
import type { Audience } from './events/im-event.ts'
import { ctimeOf } from './message-ids.ts'
import type { MessageExtra } from './message-record.ts'
import type { MessageRow, NewMessage } from './queries/message-queries.ts'
import { Refusal } from './refusal.ts'
import { checkSending, type Sending } from './send-rights.ts'
import type { Services } from './services.ts'

/** So often it is tried again to store a message, each time that the sensitive words were changed meanwhile. */
const MOST_ATTEMPTS = 20

/** How a message came in. */
export interface Origin {
  readonly as: 'admin' | 'user'
  /** `api`, or the letter of an SDK's platform. */
  readonly platform: string
  readonly whenDisabled: JmCode
}

/** Takes a message: checks it, stores it, and lets those know who wait for it. */
export async function sendMessage(
  services: Services,
  app: App,
  message: OutgoingMessage,
  origin: Origin,
): Promise<SendReceipt> {
  const { store, news, callbacks, words } = services
  const targetApp = message.target_appkey ? services.apps.withKey(message.target_appkey) : app
  const row = newMessage(services, app, targetApp, message, origin)
  const sent = sending(app, targetApp, message, row, origin)
  let msgid: number | undefined
  for (let attempt = 0; msgid === undefined; attempt++) {
    const word = words.find(app, message)
    if (word === undefined) msgid = await services.post(row, sent, words.version)
    else if (await words.isCurrent()) {
      await checkSending(store.read, sent)
      throw new Refusal(803009, word)
    }
    if (msgid !== undefined) break
    if (attempt === MOST_ATTEMPTS) throw new Error('a message was not stored, yet nothing is wrong with it')
    // Another process has changed the words.
    await words.load()
  }
  if (origin.as === 'user') callbacks.wake(app)
  news.stored(app.id, msgid)
  return { msg_id: msgid, msg_ctime: ctimeOf(msgid) }
}

function newMessage(
  { numbers, clock }: Services,
  app: App,
  targetApp: App | undefined,
  message: OutgoingMessage,
  origin: Origin,
): NewMessage {
  return {
    msgid: numbers.next(clock.now()),
    app: app.id,
    // No app has the id 0, so a target in an unknown app is not found.
    target_app: targetApp?.id ?? 0,
    target_type: message.target_type,
    target_id: message.target_id,
    target_number: /^[1-9]\d{0,14}$/.test(message.target_id) ? Number(message.target_id) : 0,
    from_id: message.from_id,
    from_platform: origin.platform,
    msg_type: message.msg_type,
    msg_body: JSON.stringify(message.msg_body),
    extra: extraOf(message),
  }
}

/** As JSON, or null for the many messages that say none of it. */
function extraOf(message: OutgoingMessage): string | null {
  const { no_offline, no_notification, notification } = message
  // An empty name is none.
  const target_name = message.target_name || undefined
  const from_name = message.from_name || undefined
  if ((target_name ?? from_name ?? no_offline ?? no_notification ?? notification) === undefined) return null
  const extra: MessageExtra = { target_name, from_name, no_offline, no_notification, notification }
  return JSON.stringify(extra)
}

const sending = (
  app: App,
  targetApp: App | undefined,
  message: OutgoingMessage,
  row: NewMessage,
  origin: Origin,
): Sending => ({
  app,
  from: message.from_id,
  as: origin.as,
  whenDisabled: origin.whenDisabled,
  targetApp,
  targetType: message.target_type,
  targetId: message.target_id,
  targetNumber: row.target_number,
})

/** Who receives a message. The sender does not, unless it wrote to itself. */
export function audienceOf(row: MessageRow): Audience {
  const { target_app: app, target_type, target_id } = row
  if (target_type === 'single') return { app, usernames: [target_id] }
  const except = row.app === app ? { except: row.from_id } : {}
  return target_type === 'group'
    ? { app, gid: Number(target_id), ...except }
    : { app, room: Number(target_id), ...except }
}
