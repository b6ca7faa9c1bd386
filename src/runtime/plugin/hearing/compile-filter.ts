import { folded } from '../commands/pattern/command-word.ts'
import { hasRole, type Manners } from '../manners.ts'
import { ANYWHERE } from './hearing-paths.ts'
import { KeywordFinder } from './keyword-finder.ts'
import type { Path } from './lookup.ts'
import { isNamed } from './mentions.ts'
import type { MessageFilter } from './message-filter.ts'
import type { Reading } from './reading.ts'

/** Whose filter it is. */
export interface FilterOwner {
  /** What the bot is called: its username, and its nickname if it has one. */
  readonly names: readonly string[]
  readonly hasRole: (username: string, role: string) => boolean
}

/** @param username  of the bot */
export const filterOwner = (username: string, manners: Manners): FilterOwner => ({
  names: manners.nickname === undefined ? [username] : [username, manners.nickname],
  hasRole: (user, role) => hasRole(manners, user, role),
})

/** A filter, made ready. */
export interface CompiledFilter {
  /** The places it is for: a kind, or a kind and an id. */
  readonly places: readonly Path[]
  /** Whether it is for messages of text only. */
  readonly isOfText: boolean
  /** Whether a message may pass: all is looked at but a regular expression. */
  mayPass(reading: Reading): boolean
  /** What its regular expression finds, `true` if it has none, or nothing if the message does not pass. */
  pass(reading: Reading): RegExpMatchArray | true | undefined
}

type Check = (reading: Reading) => boolean

/** Makes a filter ready, once for all messages. It is pure: it says the same of the same message each time. */
export function compileFilter(filter: MessageFilter, owner: FilterOwner): CompiledFilter {
  const checks = checksOf(filter, owner)
  const { text } = filter
  const find = text instanceof RegExp ? finder(text) : undefined
  const mayPass: Check = reading => {
    for (const check of checks) if (!check(reading)) return false
    return true
  }
  return {
    places: placesOf(filter.in),
    isOfText: text !== undefined || filter.keywords !== undefined,
    mayPass,
    pass(reading) {
      if (!mayPass(reading)) return undefined
      return find ? (find(reading.text) ?? undefined) : true
    },
  }
}

function placesOf(place: MessageFilter['in']): readonly Path[] {
  if (place === undefined) return ANYWHERE
  if (typeof place === 'string') return [[place]]
  const { groups = [], rooms = [] } = place
  return [...groups.map(id => ['group', String(id)]), ...rooms.map(id => ['room', String(id)])]
}

/** The cheap ones first. */
function checksOf(filter: MessageFilter, owner: FilterOwner): Check[] {
  const { in: place, from, text, keywords, mention, extras } = filter
  const checks: Check[] = []
  if (place !== undefined) checks.push(inPlace(place))
  if (text !== undefined || keywords !== undefined) checks.push(({ record }) => record.msg_type === 'text')
  if (from !== undefined) checks.push(sentBy(from, owner))
  if (extras !== undefined) checks.push(withExtras(extras))
  if (typeof text === 'string') {
    const wanted = folded(text).trim()
    checks.push(reading => reading.folded.trim() === wanted)
  }
  if (mention !== undefined) {
    const wanted = mention === true ? owner.names : [mention]
    checks.push(({ record }) => isNamed(record, wanted))
  }
  if (keywords !== undefined) {
    const words = new KeywordFinder(keywords)
    checks.push(reading => words.isIn(reading.folded))
  }
  return checks
}

const KINDS = { group: 'group', room: 'chatroom', direct: 'single' } as const

function inPlace(place: NonNullable<MessageFilter['in']>): Check {
  if (typeof place === 'string') return ({ record }) => record.target_type === KINDS[place]
  const groups = new Set(place.groups?.map(String))
  const rooms = new Set(place.rooms?.map(String))
  return ({ record: { target_type, target_id } }) =>
    target_type === 'single' ? false : (target_type === 'group' ? groups : rooms).has(target_id)
}

function sentBy(from: NonNullable<MessageFilter['from']>, owner: FilterOwner): Check {
  if (typeof from === 'object' && 'role' in from)
    return ({ record }) => owner.hasRole(record.from_id, from.role)
  const names = new Set(typeof from === 'string' ? [from] : from)
  return ({ record }) => names.has(record.from_id)
}

function withExtras(extras: NonNullable<MessageFilter['extras']>): Check {
  const wanted = Object.entries(extras)
  return reading => wanted.every(([key, value]) => reading.hasExtra(key, value))
}

/** A copy of its own, as one with `g` or `y` remembers where it was. */
function finder(expression: RegExp): (text: string) => RegExpExecArray | null {
  const own = new RegExp(expression)
  return text => {
    own.lastIndex = 0
    return own.exec(text)
  }
}
