import { AppError } from '../../../base/errors.ts'
import { hasHalves, withoutHalves } from '../../../base/half-characters.ts'
import { Id, UserRef } from '../../../protocol/fields.ts'
import type { MessageType } from '../../../protocol/index.ts'
import { bodyOf, KINDS, kindsOf, type MessageContent } from '../content.ts'
import type { BotContext } from '../context.ts'
import { checkMessage, messageOf } from '../message-of.ts'
import type { SendOptions } from '../send-options.ts'
import type { Broadcast } from './broadcast.ts'
import type { BroadcastDesk, NewBroadcast } from './broadcasts.ts'

/** Whom a broadcast is for. Each gets it once, however often it is named. */
export interface Audience {
  readonly groups?: readonly (number | string)[]
  readonly rooms?: readonly (number | string)[]
  /** Usernames. */
  readonly users?: readonly string[]
}

/** What is sent. */
export type BroadcastContent = MessageContent

export type BroadcastMessage = BroadcastContent &
  Omit<SendOptions, 'retractAfter'> & {
    /** At most 100,000 in all. Groups are served first, then rooms, then users, in the order given. */
    readonly to: Audience
    /** What people know it by, in lists and in the log. Default: the beginning of the text. */
    readonly title?: string
    /** A second broadcast of this bot by the same key is not begun; the first is given instead. */
    readonly key?: string
    /** Begins paused: nothing is sent until it is resumed. */
    readonly paused?: boolean
  }

const MOST_TARGETS = 100_000
const TITLE_CHARS = 80
const KEY_CHARS = 200

/**
 * Begins a broadcast. Within a handler its key is that of the attempt, so that a handler that runs again begins no
 * second one.
 *
 * @throws AppError `broadcast.invalid`, `message.invalid` before anything is sent
 */
export async function begin(context: BotContext, wanted: BroadcastMessage): Promise<Broadcast> {
  const { attempt } = context
  attempt?.throwIfAborted()
  // Taken at once: the order of the calls is that of the keys.
  const key = keyOf(context, wanted.key)
  const begun = beginBy(context, wanted, key)
  attempt?.track(begun, wanted.key === undefined ? key : undefined)
  return begun
}

/** @throws AppError `broadcast.unavailable` */
export function broadcastsOf({ broadcasts }: BotContext): BroadcastDesk {
  if (broadcasts) return broadcasts
  throw new AppError('broadcasts are not possible here', { code: 'broadcast.unavailable' })
}

async function beginBy(context: BotContext, wanted: BroadcastMessage, key: string): Promise<Broadcast> {
  const broadcasts = broadcastsOf(context)
  if ((wanted as SendOptions).retractAfter !== undefined)
    throw invalid('retractAfter is not for broadcasts; a job may take it back, with undo()')
  const targets = targetsOf(wanted.to)
  const kind = kindOf(wanted)
  if (typeof (wanted.title ?? '') !== 'string') throw invalid('title must be a text')
  // Looked for first, as its media need not be uploaded again.
  const known = await broadcasts.known(key)
  if (known) return known
  if (context.attempt?.isDone(key)) throw gone()
  const [type, id] = targets[0]!
  const body = await bodyOf(context, wanted)
  const message = messageOf(context.username, { type, id }, kind, body, wanted, context.languages?.usual)
  checkMessage(message, key)
  const { target_type: _, target_id: __, ...toAnyone } = message
  return broadcasts.begin({
    bot: context.id,
    event_id: context.attempt?.delivery.event.id ?? null,
    key,
    title: titleOf(wanted, kind),
    message: JSON.stringify(toAnyone),
    targets,
    isPaused: wanted.paused ?? false,
    partition: context.attempt?.delivery.partition,
  })
}

/** It was begun in an earlier part of a dialogue, ended, and was cleared away: to begin it again would be wrong. */
const gone = () =>
  new AppError('the broadcast that was begun before is not there any more', { code: 'broadcast.gone' })

function keyOf(context: BotContext, own: string | undefined): string {
  if (own === undefined) return context.attempt?.key('broadcast') ?? context.makeId()
  if (typeof own === 'string' && hasHalves(own)) throw invalid('key has half of a character in it')
  if (typeof own === 'string' && own !== '' && own.length <= KEY_CHARS) return `own/${context.id}/${own}`
  throw invalid(`key must be a text of 1 to ${KEY_CHARS} characters`)
}

function kindOf(wanted: BroadcastMessage): MessageType {
  const given = kindsOf(wanted)
  if (given.length === 1) return given[0]!
  throw invalid(`one of ${KINDS.join(', ')} must be given, not ${given.join(' and ') || 'none'}`)
}

function titleOf(wanted: BroadcastMessage, kind: MessageType): string {
  const title = wanted.title ?? ('text' in wanted ? wanted.text : kind)
  const characters = [...title.replace(/\s+/g, ' ').trim()].slice(0, TITLE_CHARS)
  return withoutHalves(characters.join(''))
}

function targetsOf(to: Audience): NewBroadcast['targets'] {
  // Plugins may be written in plain JavaScript: what comes is not what the types say.
  const { groups = [], rooms = [], users = [] } = to ?? {}
  for (const [field, given] of Object.entries({ groups, rooms, users })) {
    if (!Array.isArray(given)) throw invalid(`to.${field} must be a list`)
  }
  const count = groups.length + rooms.length + users.length
  if (count === 0) throw invalid('to must name at least one of groups, rooms, users')
  if (count > MOST_TARGETS) throw invalid(`to must name at most ${MOST_TARGETS} targets, not ${count}`)
  return [
    ...checked('group', 'groups', groups),
    ...checked('chatroom', 'rooms', rooms),
    ...checked('single', 'users', users),
  ]
}

/** Each once. */
function checked(
  type: NewBroadcast['targets'][number][0],
  field: keyof Audience,
  given: readonly (number | string)[],
): NewBroadcast['targets'] {
  const [schema, rule] =
    type === 'single' ? [UserRef, 'must be a username'] : [Id, 'must be a positive integer']
  const ids = new Set<string>()
  for (const [index, id] of given.entries()) {
    const known = schema.safeParse(id)
    if (!known.success) throw invalid(`to.${field}[${index}] ${rule}`)
    ids.add(String(known.data))
  }
  return [...ids].map(id => [type, id] as const)
}

const invalid = (what: string): AppError =>
  new AppError(`the broadcast cannot be begun: ${what}`, { code: 'broadcast.invalid' })
