import type { Clock } from '../../../base/clock.ts'
import type { Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import { CORE_PLUGIN } from '../../bot/lift.ts'
import { Fresh } from '../state/fresh.ts'
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

/** In one conversation. */
export const MOST_OFF = 100

/** The switches of one bot, kept in the state of the plugin that every bot has, and in memory for a while. */
export class StoredSwitches implements CommandSwitches {
  readonly #keep: StateKeep
  readonly #known: Fresh<readonly string[]>

  constructor(keep: StateKeep, clock: Clock) {
    this.#keep = keep
    this.#known = new Fresh(clock)
  }

  static of(store: Store<RuntimeTables>, clock: Clock, bot: string): StoredSwitches {
    const owner = { bot, plugin: CORE_PLUGIN }
    return new StoredSwitches(storedState({ store, clock, owner, shared: owner }), clock)
  }

  offIn(conversation: string): readonly string[] | Promise<readonly string[]> {
    return this.#known.get(conversation) ?? this.#read(conversation)
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
    this.#known.set(conversation, after)
    return isSet
  }

  async #read(conversation: string): Promise<readonly string[]> {
    const off = listIn(await this.#keep.read(PLAIN_SHELF, keyOf(conversation)))
    this.#known.set(conversation, off)
    return off
  }
}

const keyOf = (conversation: string): string => `off:${conversation}`
const listIn = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : (JSON.parse(text) as string[])
