import type { MessageRecord } from '../../protocol/index.ts'
import type { ImEventData } from '../events/event.ts'
import type { Hearing, Household } from './household.ts'

/** The bots of one app: finds those that hear something, without asking all of them for what is meant for one. */
export class Audience {
  readonly #all = new Set<Household>()
  readonly #byUsername = new Map<string, Household[]>()
  /** All that there were since the start: what a bot said before it was renamed is its own still. */
  readonly #usernames = new Set<string>()

  add(household: Household): void {
    const { username } = household.bot
    this.#all.add(household)
    this.#usernames.add(username)
    const sharers = this.#byUsername.get(username)
    if (sharers) sharers.push(household)
    else this.#byUsername.set(username, [household])
  }

  remove(household: Household): void {
    const { username } = household.bot
    this.#all.delete(household)
    const others = this.#byUsername.get(username)?.filter(other => other !== household) ?? []
    if (others.length > 0) this.#byUsername.set(username, others)
    else this.#byUsername.delete(username)
  }

  /** Whether one of these bots has a username, or had it. */
  has(username: string): boolean {
    return this.#usernames.has(username)
  }

  /** Those that hear a message. */
  *ofMessage({ target_type, target_id }: MessageRecord): Generator<Household> {
    if (target_type === 'single') {
      for (const household of this.#byUsername.get(target_id) ?? NOBODY)
        if (household.hearing.direct) yield household
      return
    }
    const kind = target_type === 'group' ? 'groups' : 'rooms'
    const id = Number(target_id)
    for (const household of this.#all) if (includes(household.hearing[kind], id)) yield household
  }

  /** Those that hear an event of a group or user. */
  *ofEvent({ gid }: ImEventData): Generator<Household> {
    for (const household of this.#all)
      if (gid === undefined || includes(household.hearing.groups, gid)) yield household
  }
}

const NOBODY: readonly Household[] = []

const includes = (wanted: Hearing['groups'], id: number): boolean =>
  wanted === 'all' || (wanted !== 'none' && wanted.includes(id))
