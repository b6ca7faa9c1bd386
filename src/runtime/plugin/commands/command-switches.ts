import type { Clock } from '../../../base/clock.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import { CORE_PLUGIN } from '../../bot/lift.ts'
import { PLAIN_SHELF, type StateKeep, storedState } from '../state/state-keep.ts'
import { beginnings } from './command-policy.ts'

/** Which commands of a bot owners switched off. */
export interface CommandSwitches {
  /** The names of those that are off in a conversation, folded. */
  offIn(conversation: string): readonly string[] | Promise<readonly string[]>
}

/** Whether a command, or all that begin with its first words, is among those that are off. */
export const isAmong = (off: readonly string[], name: string): boolean =>
  off.length > 0 && beginnings(name).some(path => off.includes(path))

/** None is ever off: where nobody can switch. */
export const noSwitches: CommandSwitches = { offIn: () => [] }

/** What was read counts for so long: another process may have it changed. */
const FRESH_MS = 10_000
const MOST_KNOWN = 1000
/** In one conversation. */
export const MOST_OFF = 100

interface Known {
  readonly off: readonly string[]
  readonly until: number
}

/** The switches of one bot, kept in the state of the plugin that every bot has, and in memory for a while. */
export class StoredSwitches implements CommandSwitches {
  readonly #keep: StateKeep
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(keep: StateKeep, clock: Clock) {
    this.#keep = keep
    this.#clock = clock
  }

  static of(store: Store<RuntimeTables>, clock: Clock, bot: string): StoredSwitches {
    const owner = { bot, plugin: CORE_PLUGIN }
    return new StoredSwitches(storedState({ store, clock, owner, shared: owner }), clock)
  }

  offIn(conversation: string): readonly string[] | Promise<readonly string[]> {
    const known = this.#known.get(conversation)
    return known && known.until > this.#clock.now() ? known.off : this.#read(conversation)
  }

  /** Switches a command off in a conversation, or on again; `false` when too many are off there already. */
  async set(conversation: string, name: string, isOn: boolean): Promise<boolean> {
    let isSet = true
    let after: readonly string[] = []
    await this.#keep.change(PLAIN_SHELF, keyOf(conversation), text => {
      const before = listIn(text)
      const others = before.filter(other => other !== name)
      isSet = isOn || others.length < MOST_OFF
      after = isOn ? others : isSet ? [...others, name] : before
      return JSON.stringify(after)
    })
    this.#remember(conversation, after)
    return isSet
  }

  async #read(conversation: string): Promise<readonly string[]> {
    const off = listIn(await this.#keep.read(PLAIN_SHELF, keyOf(conversation)))
    this.#remember(conversation, off)
    return off
  }

  #remember(conversation: string, off: readonly string[]): void {
    this.#known.delete(conversation)
    const [oldest] = this.#known.size >= MOST_KNOWN ? this.#known.keys() : []
    if (oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(conversation, { off, until: this.#clock.now() + FRESH_MS })
  }
}

const keyOf = (conversation: string): string => `off:${conversation}`
const listIn = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : (JSON.parse(text) as string[])
