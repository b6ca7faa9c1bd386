import type { ImEventName, MessageRecord } from '../../../protocol/index.ts'
import type { ImEventData, Recipient } from '../../events/event.ts'
import type { Hearing, Household } from '../household.ts'
import { hearers } from './hearing-paths.ts'
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
  /** Plugins that may have registered something else by now. */
  readonly #changed = new Set<Seat>()
  #ranks = 0
  #searches = 0

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
    this.#hearNot(household)
  }

  /** A bot hears other conversations from now on. */
  setHearing(household: Household, hearing: Hearing): void {
    for (const seat of this.#seats.get(household)?.values() ?? []) {
      this.#leave(seat)
      this.#changed.add(seat)
    }
    this.#hearNot(household)
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
    const search = ++this.#searches
    const found: Seat[] = []
    const sure = (seat: Seat) => {
      if (seat.foundIn === search) return
      seat.foundIn = search
      found.push(seat)
    }
    let reading: Reading | undefined
    const asked = (seat: Seat) => {
      if (seat.foundIn === search) return
      reading ??= new Reading(record)
      if (seat.hears(reading)) sure(seat)
    }
    const isKnown = { live: false, shadow: false }
    const called = (seat: Seat) => {
      isKnown[seat.mode] = true
      if (seat.isAlwaysCalled || seat.isCalled(record)) sure(seat)
    }
    let others: Seat[] | undefined
    const uncalled = (seat: Seat) => {
      others ??= []
      others.push(seat)
    }
    const told = { sure, asked, called, uncalled }
    const { target_type, target_id } = record
    if (target_type === 'single') {
      for (const household of this.#byUsername.at(target_id)?.all ?? [])
        if (household.hearing.direct) hearers(this.#own.get(household)!, record, told)
    } else {
      const kind = target_type === 'group' ? 'groups' : 'rooms'
      hearers(this.#ofAll[kind], record, told)
      for (const household of this.#ofSome[kind].at(target_id)?.all ?? [])
        hearers(this.#own.get(household)!, record, told)
    }
    for (const seat of others ?? NOBODY) if (!isKnown[seat.mode] && seat.isCalled(record)) sure(seat)
    return recipients(found)
  }

  /** Whether no plugin of any bot is being loaded, so that it is known what all of them can do. */
  get isSettled(): boolean {
    for (const { loading, held } of this.#seats.keys()) if (loading.size + held.size > 0) return false
    return true
  }

  /** The bots that hear a message. Asks each of them. */
  *botsThatHear({ target_type, target_id }: MessageRecord): Generator<Household> {
    if (target_type === 'single') {
      for (const household of this.#byUsername.at(target_id)?.all ?? [])
        if (household.hearing.direct) yield household
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
    if (gid === undefined) return recipients(hearersOf(this.#everybody, name))
    const some = this.#ofSome.groups.at(String(gid))?.all ?? []
    const lookups = [this.#ofAll.groups, ...some.map(household => this.#own.get(household)!)]
    return recipients(lookups.flatMap(lookup => hearersOf(lookup, name)))
  }

  #hearAs(household: Household, hearing: Hearing): void {
    for (const kind of KINDS) for (const id of idsOf(hearing, kind)) this.#ofSome[kind].add(household, [id])
  }

  #hearNot(household: Household): void {
    for (const kind of KINDS)
      for (const id of idsOf(household.hearing, kind)) this.#ofSome[kind].remove(household, [id])
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
    seat.read()
    for (const lookup of this.#lookupsOf(seat.household))
      for (const path of seat.paths) lookup.add(seat, path)
    for (const path of seat.eventPaths) this.#everybody.add(seat, path)
  }

  #leave(seat: Seat): void {
    for (const lookup of this.#lookupsOf(seat.household))
      for (const path of seat.paths) lookup.remove(seat, path)
    for (const path of seat.eventPaths) this.#everybody.remove(seat, path)
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

const NOBODY: readonly Seat[] = []
const KINDS: readonly Kind[] = ['groups', 'rooms']

/** Those that a bot hears which does not hear all. */
const idsOf = (hearing: Hearing, kind: Kind): string[] => {
  const wanted = hearing[kind]
  return typeof wanted === 'string' ? [] : [...new Set(wanted.map(String))]
}

const hearersOf = (lookup: Lookup<Seat>, name: ImEventName): readonly Seat[] => [
  ...lookup.all,
  ...(lookup.at('event')?.at(name)?.all ?? []),
]

const recipients = (seats: readonly Seat[]): Recipient[] => {
  const all = seats.length > 1 ? [...seats].sort((a, b) => a.rank - b.rank) : seats
  return all.map(({ household, name }) => ({ bot: household.bot.id, plugin: name }))
}
