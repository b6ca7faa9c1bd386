import type { MessageRecord } from '../../protocol/index.ts'
import type { ImEventData, Recipient } from '../events/event.ts'
import { commandKeysOf, EVERYTHING, eventKey, listenerKeysOf } from './hearing-keys.ts'
import type { Hearing, Household } from './household.ts'
import { Lookup } from './lookup.ts'
import { Reading } from './reading.ts'
import { Seat } from './seat.ts'

type Kind = 'groups' | 'rooms'

/**
 * The bots of one app: finds which of their plugins hear something. They are looked up by what is told, so that it costs
 * the same however many commands there are, and plugins and bots that do not want it.
 */
export class Audience {
  readonly #seats = new Map<Household, Map<string, Seat>>()
  readonly #byUsername = new Lookup<Household>()
  /** All that there were since the start: what a bot said before it was renamed is its own still. */
  readonly #usernames = new Set<string>()
  /** The plugins of bots that hear all groups, or all rooms. */
  readonly #ofAll = { groups: new Lookup<Seat>(), rooms: new Lookup<Seat>() }
  /** The bots that hear some groups or rooms only, by these. */
  readonly #ofSome = { groups: new Lookup<Household>(), rooms: new Lookup<Household>() }
  /** The plugins of each bot. */
  readonly #own = new Map<Household, Lookup<Seat>>()
  /** All plugins, for what happens to users: by events only. */
  readonly #everybody = new Lookup<Seat>()
  /** What commands begin with, and how many plugins have such. */
  readonly #prefixes = new Map<string, number>()
  /** Plugins that may have registered something else by now. */
  readonly #changed = new Set<Seat>()
  #ranks = 0

  add(household: Household): void {
    const { username } = household.bot
    this.#seats.set(household, new Map())
    this.#own.set(household, new Lookup())
    this.#usernames.add(username)
    this.#byUsername.add(household, [username])
    this.#hearAs(household, household.hearing)
    for (const name of household.hosted.keys()) this.look(household, name)
  }

  remove(household: Household): void {
    for (const seat of this.#seats.get(household)?.values() ?? []) this.#drop(seat)
    this.#seats.delete(household)
    this.#own.delete(household)
    this.#byUsername.remove(household, [household.bot.username])
    for (const kind of KINDS) this.#ofSome[kind].remove(household, idsOf(household.hearing, kind))
  }

  /** A bot hears other conversations from now on. */
  setHearing(household: Household, hearing: Hearing): void {
    for (const seat of this.#seats.get(household)?.values() ?? []) {
      this.#leave(seat)
      this.#changed.add(seat)
    }
    for (const kind of KINDS) this.#ofSome[kind].remove(household, idsOf(household.hearing, kind))
    household.hearing = hearing
    this.#hearAs(household, hearing)
  }

  /** Looks anew what a plugin of a bot hears, when it is needed: it came or went, or registered something. */
  look(household: Household, name: string): void {
    const seats = this.#seats.get(household)
    if (!seats) return
    let seat = seats.get(name)
    if (!seat) {
      seat = new Seat(household, name, ++this.#ranks)
      seats.set(name, seat)
    }
    this.#changed.add(seat)
  }

  /** Whether one of these bots has a username, or had it. */
  has(username: string): boolean {
    return this.#usernames.has(username)
  }

  /** Those that hear a message, in the order in which they came. */
  ofMessage(record: MessageRecord): Recipient[] {
    this.#settle()
    const found = new Set<Seat>()
    const reading = new Reading(record)
    const listenerKeys = listenerKeysOf(record)
    const called = commandKeysOf(record, this.#prefixes.keys())
    let isKnown = false
    for (const lookup of this.#hearing(record)) {
      for (const key of listenerKeys)
        for (const seat of lookup.at(key)) if (!found.has(seat) && seat.hears(reading)) found.add(seat)
      for (const key of called.commands) {
        for (const seat of lookup.at(key)) {
          isKnown = true
          if (seat.isCalled(record)) found.add(seat)
        }
      }
      for (const seat of lookup.at(EVERYTHING)) found.add(seat)
    }
    if (!isKnown && called.prefixes.length > 0) {
      for (const lookup of this.#hearing(record))
        for (const key of called.prefixes)
          for (const seat of lookup.at(key)) if (seat.isCalled(record)) found.add(seat)
    }
    return recipients(found)
  }

  /** Whether no plugin of any bot is being loaded, so that it is known what all of them can do. */
  get isSettled(): boolean {
    for (const { loading } of this.#seats.keys()) if (loading.size > 0) return false
    return true
  }

  /** The bots that hear a message. Asks each of them. */
  *botsThatHear({ target_type, target_id }: MessageRecord): Generator<Household> {
    if (target_type === 'single') {
      for (const household of this.#byUsername.at(target_id)) if (household.hearing.direct) yield household
      return
    }
    const kind = target_type === 'group' ? 'groups' : 'rooms'
    for (const household of this.#seats.keys()) {
      const wanted = household.hearing[kind]
      if (wanted === 'all' || idsOf(household.hearing, kind).includes(target_id)) yield household
    }
  }

  /** Those that hear an event of a group or user, in the order in which they came. */
  ofEvent({ name, gid }: ImEventData): Recipient[] {
    this.#settle()
    const found = new Set<Seat>()
    const lookups = gid === undefined ? [this.#everybody] : this.#inPlace('groups', String(gid))
    for (const lookup of lookups)
      for (const key of [eventKey(name), EVERYTHING]) for (const seat of lookup.at(key)) found.add(seat)
    return recipients(found)
  }

  /** In which to look for who hears a message. */
  *#hearing({ target_type, target_id }: MessageRecord): Generator<Lookup<Seat>> {
    if (target_type !== 'single') {
      yield* this.#inPlace(target_type === 'group' ? 'groups' : 'rooms', target_id)
      return
    }
    for (const household of this.#byUsername.at(target_id))
      if (household.hearing.direct) yield this.#own.get(household)!
  }

  *#inPlace(kind: Kind, id: string): Generator<Lookup<Seat>> {
    yield this.#ofAll[kind]
    for (const household of this.#ofSome[kind].at(id)) yield this.#own.get(household)!
  }

  #hearAs(household: Household, hearing: Hearing): void {
    for (const kind of KINDS) this.#ofSome[kind].add(household, idsOf(hearing, kind))
  }

  /** Brings what changed up to date: once for all that a plugin registers in one go. */
  #settle(): void {
    for (const seat of this.#changed) {
      this.#leave(seat)
      if (!seat.isTaken) {
        this.#drop(seat)
        this.#seats.get(seat.household)?.delete(seat.name)
      } else this.#enter(seat)
    }
    this.#changed.clear()
  }

  #enter(seat: Seat): void {
    const { household } = seat
    seat.read()
    const { keys, eventKeys, prefix } = seat
    for (const lookup of this.#lookupsOf(household)) lookup.add(seat, keys)
    this.#everybody.add(seat, eventKeys)
    if (prefix !== undefined) this.#prefixes.set(prefix, (this.#prefixes.get(prefix) ?? 0) + 1)
  }

  #leave(seat: Seat): void {
    const { household, keys, eventKeys, prefix } = seat
    for (const lookup of this.#lookupsOf(household)) lookup.remove(seat, keys)
    this.#everybody.remove(seat, eventKeys)
    if (prefix !== undefined) {
      const left = this.#prefixes.get(prefix)! - 1
      if (left > 0) this.#prefixes.set(prefix, left)
      else this.#prefixes.delete(prefix)
    }
    seat.forget()
  }

  #drop(seat: Seat): void {
    this.#leave(seat)
    this.#changed.delete(seat)
  }

  #lookupsOf(household: Household): Lookup<Seat>[] {
    const lookups = [this.#own.get(household)!]
    for (const kind of KINDS) if (household.hearing[kind] === 'all') lookups.push(this.#ofAll[kind])
    return lookups
  }
}

const KINDS: readonly Kind[] = ['groups', 'rooms']

/** Those that a bot hears which does not hear all, as keys. */
const idsOf = (hearing: Hearing, kind: Kind): string[] => {
  const wanted = hearing[kind]
  return typeof wanted === 'string' ? [] : wanted.map(String)
}

const recipients = (seats: ReadonlySet<Seat>): Recipient[] =>
  seats.size === 0
    ? []
    : [...seats]
        .sort((a, b) => a.rank - b.rank)
        .map(({ household, name }) => ({ bot: household.bot.id, plugin: name }))
