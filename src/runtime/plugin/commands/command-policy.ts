import { formatDuration } from '../../../base/duration.ts'
import { AppError } from '../../../base/errors.ts'
import type { MessageRecord, TargetType } from '../../../protocol/index.ts'
import { toMs } from '../../bot/context.ts'
import type { Message } from '../message.ts'
import type { CommandOptions, CommandPlace, CommandRule, CommandRules, Cooldown } from './commanding.ts'
import { folded } from './pattern/command-word.ts'

/** When and for whom a command works: what the plugin says, and the bot's file over it. */
export interface CommandPolicy {
  /** One of these, or `owner`; empty: everybody. */
  readonly roles: readonly string[]
  /** Empty: everywhere. */
  readonly places: readonly CommandPlace[]
  readonly cooldown: CooldownRule | undefined
  readonly isHidden: boolean
  readonly rule: CommandRule
}

export interface CooldownRule {
  readonly forMs: number
  readonly per: NonNullable<Cooldown['per']>
  readonly uses: number
  readonly exempt: readonly string[]
}

const PLACES: readonly string[] = ['group', 'room', 'direct'] satisfies CommandPlace[]
const PER: readonly string[] = ['person', 'conversation', 'bot'] satisfies CooldownRule['per'][]
const [SHORTEST_MS, LONGEST_MS, MOST_USES] = [1000, 30 * 86_400_000, 100]

/** Whether it is not everywhere, as the bot's file says. */
export const isPlaced = ({ rule: { groups, rooms, direct } }: CommandPolicy): boolean =>
  (groups ?? 'all') !== 'all' || (rooms ?? 'all') !== 'all' || direct === false

/** @throws AppError `command.options` that says what is wrong with them */
export function policyOf(name: string, options: CommandOptions, rules: CommandRules): CommandPolicy {
  const rule = ruleFor(name, rules)
  const places = listOf(options.in)
  const odd = places.find(place => !PLACES.includes(place))
  if (odd !== undefined) fail(name, `in must be of ${PLACES.join(', ')}, got '${odd}'`)
  const cooldown = rule.cooldown ?? options.cooldown
  return {
    roles: listOf(rule.role ?? options.role),
    places,
    cooldown: cooldown === undefined || cooldown === 'off' ? undefined : cooldownOf(name, cooldown),
    isHidden: options.hidden ?? false,
    rule,
  }
}

/** Rules for a name, and for the words it begins with. What is more special goes over what is more general. */
function ruleFor(name: string, rules: CommandRules): CommandRule {
  const known = Object.entries(rules)
  if (known.length === 0) return NO_RULE
  const given = beginnings(name).flatMap(path => known.filter(([key]) => folded(key) === path))
  return Object.fromEntries(
    given.flatMap(([, rule]) => Object.entries(rule).filter(([, value]) => value !== undefined)),
  )
}

/** A name, folded, and the words it begins with: `notice`, `notice fire`. */
export function beginnings(name: string): string[] {
  const words = folded(name).split(' ')
  return words.map((_, index) => words.slice(0, index + 1).join(' '))
}

function cooldownOf(name: string, given: Exclude<CommandOptions['cooldown'], undefined>): CooldownRule {
  const { for: time, per = 'person', uses = 1, exempt } = typeof given === 'object' ? given : { for: given }
  const forMs = toMs(time)
  if (forMs < SHORTEST_MS || forMs > LONGEST_MS)
    fail(name, `cooldown must be from ${formatDuration(SHORTEST_MS)} to ${formatDuration(LONGEST_MS)}`)
  if (!PER.includes(per)) fail(name, `per must be one of ${PER.join(', ')}, got '${per}'`)
  if (!Number.isInteger(uses) || uses < 1 || uses > MOST_USES)
    fail(name, `uses must be a whole number from 1 to ${MOST_USES}, got '${uses}'`)
  return { forMs, per, uses, exempt: listOf(exempt) }
}

/** Most commands have none of these, and share them: what many are made of is little to look at. */
const NONE: readonly never[] = []
const NO_RULE: CommandRule = {}

const listOf = <T extends string>(one: T | readonly T[] | undefined): readonly T[] =>
  one === undefined ? NONE : typeof one === 'string' ? [one] : one

function fail(name: string, problem: string): never {
  throw new AppError(`the options of the command '${name}' are wrong: ${problem}`, {
    code: 'command.options',
  })
}

/** Whether the bot's file lets a command be given where a message was said. */
export function isOnIn({ rule }: CommandPolicy, { target_type, target_id }: Said): boolean {
  const { enabled = true, groups = 'all', rooms = 'all', direct = true } = rule
  if (!enabled) return false
  if (target_type === 'single') return direct
  const wanted = target_type === 'group' ? groups : rooms
  return wanted === 'all' || (wanted !== 'none' && wanted.includes(Number(target_id)))
}

/** Where something was said. */
export type Said = Pick<MessageRecord, 'target_type' | 'target_id'>

export const placeOf = (type: TargetType): CommandPlace =>
  type === 'group' ? 'group' : type === 'chatroom' ? 'room' : 'direct'

/** Whether a command can be given at a place at all. */
export const worksIn = ({ places }: CommandPolicy, type: TargetType): boolean =>
  places.length === 0 || places.includes(placeOf(type))

/** The conversation of a message, by which what is off there is known. */
export const conversationOf = ({ record: { target_type, target_id }, sender }: Message): string =>
  target_type === 'single' ? `single:${sender}` : `${target_type}:${target_id}`
