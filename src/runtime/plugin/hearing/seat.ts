import type { MessageRecord } from '../../../protocol/index.ts'
import { CORE_PLUGIN } from '../../bot/lift.ts'
import type { Household } from '../household.ts'
import { commandPath, isOfEvent, prefixPath } from './hearing-paths.ts'
import type { Path } from './lookup.ts'
import type { Reading } from './reading.ts'

/** A plugin of a bot, among those that may hear something. */
export class Seat {
  readonly household: Household
  readonly name: string
  /** In the order in which they came. */
  readonly rank: number
  /** Where it stands, as it was read. */
  paths: readonly Path[] = []
  /** Those of them that are not of places. */
  eventPaths: readonly Path[] = []
  /** The search in which it was found last: each finds it once. */
  foundIn = 0

  constructor(household: Household, name: string, rank: number) {
    this.household = household
    this.name = name
    this.rank = rank
  }

  /** Whether there is a plugin. */
  get isTaken(): boolean {
    return this.household.hosted.has(this.name)
  }

  /** Reads what the plugin registered. What one wants that is being set up is not known yet. */
  read(): void {
    const { instance } = this.household.hosted.get(this.name)!
    const { loading, held } = this.household
    if (loading.has(this.name) || held.has(this.name)) {
      this.paths = [[]]
      this.eventPaths = this.paths
      return
    }
    const { listenerPaths, commands, deps } = instance
    const words = Array.from(new Set(commands.words), word => commandPath(deps.manners.prefix, word))
    const { prefix } = deps.manners
    this.paths = [...listenerPaths, ...words, ...(commands.lastResort ? [prefixPath(prefix)] : [])]
    this.eventPaths = listenerPaths.filter(isOfEvent)
  }

  forget(): void {
    this.paths = []
    this.eventPaths = []
  }

  /** Bots in the shadow know nothing of what the others have, and these nothing of them. */
  get mode(): 'live' | 'shadow' {
    const core = this.household.hosted.get(CORE_PLUGIN)
    return core?.deps.house?.isShadow ? 'shadow' : 'live'
  }

  /** Whether one of its listeners hears a message. */
  hears(reading: Reading): boolean {
    return this.household.hosted.get(this.name)?.instance.hears(reading) ?? false
  }

  /** Whether each message that begins with a word of its commands calls one. */
  get isAlwaysCalled(): boolean {
    return this.household.hosted.get(this.name)?.instance.commands.areEverywhere ?? false
  }

  /** Whether a message calls one of its commands, where it was said, or is looked at as one that calls none. */
  isCalled(record: MessageRecord): boolean {
    return this.household.hosted.get(this.name)?.instance.commands.wants(record) ?? false
  }
}
