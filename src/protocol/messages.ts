import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { anyText, Flag, JsonObject, jsonLength, text, UserRef } from './fields.ts'
import { ImEventRecord } from './im-events.ts'

const section = 'Messages'

/** Where a message can go. */
export const targetTypes = ['single', 'group', 'chatroom'] as const
export type TargetType = (typeof targetTypes)[number]

/** A message body is at most this many bytes of compact JSON. */
export const MSG_BODY_BYTES = 4096
/** A message can be retracted for this long after it was sent (855001 afterwards). */
export const RETRACT_WINDOW_MS = 180_000

const extras = JsonObject.optional()
const media = {
  media_id: text(1, 250),
  media_crc32: z.int().min(0).max(0xffffffff),
  fsize: z.int().min(0),
  hash: z.string().optional(),
}

const image = { ...media, width: z.int().min(0), height: z.int().min(0), format: z.string() }

/** The body of each message type; keys not listed here are kept as they came. */
const bodies = {
  text: z.looseObject({ text: anyText(1, MSG_BODY_BYTES), extras }),
  image: z.looseObject({ ...image, extras }),
  voice: z.looseObject({
    ...media,
    duration: z.int().min(0).describe('seconds'),
    format: z.string().optional(),
    extras,
  }),
  custom: z.record(z.string(), z.unknown(), 'must be a JSON object'),
  file: z.looseObject({ ...media, fname: z.string(), extras }),
  location: z.preprocess(
    withLabel,
    z.looseObject({
      latitude: z.number(),
      longitude: z.number(),
      scale: z.number(),
      label: anyText(0, MSG_BODY_BYTES),
      extras,
    }),
  ) as unknown as z.ZodType<Location, Location>,
  video: z.looseObject({
    duration: z.int().min(0).describe('seconds'),
    video: z.looseObject({ ...media, fname: z.string() }),
    thumb: z.looseObject(image).optional(),
    extras,
  }),
} as const

interface Location extends Record<string, unknown> {
  latitude: number
  longitude: number
  scale: number
  label: string
  extras?: Record<string, unknown> | undefined
}

/** The field list of the protocol document misspells `label`; programs follow it. */
function withLabel(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || 'label' in body || !('lable' in body)) return body
  const { lable, ...rest } = body
  return { ...rest, label: lable }
}

export type MessageType = keyof typeof bodies
export const messageTypes = Object.keys(bodies) as MessageType[]
export type MessageBody<T extends MessageType = MessageType> = z.input<(typeof bodies)[T]>

const envelope = {
  version: z.literal(1, 'must be 1'),
  target_type: z.enum(targetTypes, `must be one of ${targetTypes.join(', ')}`),
  target_id: z
    .union(
      [z.string().min(1).max(128), z.int().positive().transform(String)],
      'must be a username, gid or room id',
    )
    .describe('username, gid or chat room id'),
  target_appkey: z.string().optional(),
  target_name: text(0, 250).optional(),
  from_type: z.enum(['admin', 'user'], 'must be admin'),
  from_id: UserRef,
  from_name: text(0, 250).optional(),
  no_offline: Flag.optional(),
  no_notification: Flag.optional(),
  notification: z.object({ title: z.string().nullish(), alert: z.string().nullish() }).optional(),
}

const bounded = <T extends z.ZodType>(body: T) =>
  body
    .refine(value => jsonLength(value) <= MSG_BODY_BYTES, `must be at most ${MSG_BODY_BYTES} bytes of JSON`)
    .meta({ maxBytes: MSG_BODY_BYTES })

const variant = <T extends MessageType>(type: T) =>
  z.object({ ...envelope, msg_type: z.literal(type), msg_body: bounded(bodies[type]) })

/** A message to send: an envelope, and a body by `msg_type`. */
export const OutgoingMessage = z.discriminatedUnion(
  'msg_type',
  [
    variant('text'),
    variant('image'),
    variant('voice'),
    variant('custom'),
    variant('file'),
    variant('location'),
    variant('video'),
  ],
  { error: `must be one of ${messageTypes.join(', ')}` },
)
export type OutgoingMessage = z.output<typeof OutgoingMessage>

/** What the server says of a message it took. */
export const SendReceipt = z.object({
  msg_id: z.int().positive(),
  msg_ctime: z.int().describe('when the server took it, epoch ms'),
})
export type SendReceipt = z.output<typeof SendReceipt>

export const messagesSend = endpoint({
  id: 'messages.send',
  section,
  title: 'Send a message as an admin',
  method: 'POST',
  path: '/v1/messages',
  body: OutgoingMessage,
  status: 201,
  response: SendReceipt,
  errors: [803005, 803008, 803009, 803012, 847001, 847002, 899002, 899003, 899006, 899016, 899020, 899081],
  notes: 'An admin may send to groups and rooms it is not in, and is not bound by mutes there.',
})

export const messagesRetract = endpoint({
  id: 'messages.retract',
  section,
  title: 'Withdraw a message, for three minutes after it was sent',
  method: 'POST',
  path: '/v1/messages/:username/:msgid/retract',
  status: 204,
  errors: [855001, 855002, 855003, 855004, 899003],
})

/** A message as history and callback show it (IM REST Report V2; Real-time Message Routing). */
export const MessageRecord = z.object({
  version: z.int(),
  target_type: z.enum(targetTypes),
  target_id: z.coerce.string().describe('username, gid or room id; always a string'),
  target_name: z.string().optional(),
  target_appkey: z.string().optional(),
  from_id: z.string(),
  from_name: z.string().optional(),
  from_type: z.string(),
  from_appkey: z.string().optional(),
  from_platform: z.string().optional(),
  set_from_name: z.int().optional(),
  msg_type: z.string(),
  msg_body: z.record(z.string(), z.unknown()),
  at_list: z
    .unknown()
    .optional()
    .describe('who is mentioned, as SDKs send it: `[{ "username" }]`; an empty list is everybody'),
  create_time: z.int().describe('seconds'),
  msgid: z.int().positive(),
  msg_level: z.int().optional(),
  msg_ctime: z.int().describe('epoch ms'),
})
export type MessageRecord = z.output<typeof MessageRecord>

/** Most records in one callback. */
export const CALLBACK_BATCH = 100

/** What the server posts to a bot server. Answered with any 2xx; repeated until it is. */
export const MessageCallback = z.object({
  total: z.int().describe('entries in messages'),
  messages: z.array(MessageRecord).max(1000),
  events: z.array(ImEventRecord).max(1000).optional().describe('of Beadle’s own server, where asked for'),
})
export type MessageCallback = z.output<typeof MessageCallback>

/** The one call that the server makes itself, to the callback URL of an app (Real-time Message Routing). */
export const messagesCallback = Object.freeze({
  id: 'callback.messages',
  section: 'Extra: real-time message routing',
  title: 'What users say, posted to the callback URL of the app',
  method: 'POST',
  body: MessageCallback,
})
