import type { MessageRecord } from '../../protocol/index.ts'
import { commandKey, EVERYTHING, isOfEvent, prefixKey } from './hearing-keys.ts'
import type { Household } from './household.ts'
import type { Reading } from './reading.ts'

/** A plugin of a bot, among those that may hear something. */
export class Seat {
  readonly household: Household
  readonly name: string
  /** In the order in which they came. */
  readonly rank: number
  /** By what it is looked up, as it was read. */
  keys: readonly string[] = []
  /** Those of them that are not of places. */
  eventKeys: readonly string[] = []
  /** What its commands begin with, if it has some. */
  prefix: string | undefined

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
    if (this.household.loading.has(this.name)) {
      this.keys = [EVERYTHING]
      this.eventKeys = this.keys
      return
    }
    const listeners = [...instance.listenerKeys]
    const words = [...new Set(instance.commands.words)]
    const { prefix } = instance.deps.manners
    const { lastResort } = instance.commands
    const commands = words.map(word => commandKey(prefix, word))
    this.keys = [...listeners, ...commands, ...(lastResort ? [prefixKey(prefix)] : [])]
    this.eventKeys = listeners.filter(isOfEvent)
    this.prefix = words.length > 0 || lastResort ? prefix : undefined
  }

  forget(): void {
    this.keys = []
    this.eventKeys = []
    this.prefix = undefined
  }

  /** Whether one of its listeners hears a message. */
  hears(reading: Reading): boolean {
    return this.household.hosted.get(this.name)?.instance.hears(reading) ?? false
  }

  /** Whether a message calls one of its commands, where it was said, or is looked at as one that calls none. */
  isCalled(record: MessageRecord): boolean {
    return this.household.hosted.get(this.name)?.instance.commands.wants(record) ?? false
  }
}
