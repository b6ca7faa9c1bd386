import type { Clock } from '../../../base/clock.ts'
import { listText, type Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import { MOST_OPEN, type Partners } from './dialogue.ts'
import { allDialogues, countOfBot, type DialogueKey, dialoguesAmong } from './dialogue-rows.ts'

/** How long it is believed how many dialogues a bot has, where other processes begin some, too: ms. */
const BELIEVED_MS = 30_000

const placeOf = ({ conversation, person }: Partners): string => `${conversation}\n${person}`
const NONE: readonly DialogueKey[] = []

/**
 * Which dialogues there are, so that nothing is read for messages that answer none. Where one process has the database
 * to itself, it knows; where several share it, each looks.
 */
export class OpenDialogues {
  readonly #store: Store<RuntimeTables>
  readonly #clock: Clock
  readonly #isShared: boolean
  readonly #byPlace = new Map<string, readonly DialogueKey[]>()
  readonly #counts = new Map<string, { count: number; at: number }>()

  constructor(options: { store: Store<RuntimeTables>; clock: Clock; isShared: boolean }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#isShared = options.isShared
  }

  /** Learns what there is. */
  async load(): Promise<void> {
    if (this.#isShared) return
    for (const key of await this.#store.read.all(allDialogues, {})) this.add(key)
  }

  /** Whether there may be one: if not, it need not be looked for. */
  mayHave(key: DialogueKey): boolean {
    return this.#isShared || this.#at(key).some(one => isSame(one, key))
  }

  /** Those with people, and where these are; `undefined` when there are none. */
  among(all: readonly Partners[]): readonly DialogueKey[] | Promise<readonly DialogueKey[]> | undefined {
    if (this.#isShared) return this.#read(all)
    if (this.#byPlace.size === 0) return undefined
    return all.flatMap(partners => this.#at(partners))
  }

  add(key: DialogueKey): void {
    const others = this.#at(key)
    if (others.some(one => isSame(one, key))) return
    const { conversation, person, bot, plugin } = key
    if (!this.#isShared) this.#byPlace.set(placeOf(key), [...others, { conversation, person, bot, plugin }])
    this.#countMore(bot, 1)
  }

  remove(key: DialogueKey): void {
    const others = this.#at(key)
    const left = others.filter(one => !isSame(one, key))
    if (left.length > 0) this.#byPlace.set(placeOf(key), left)
    else this.#byPlace.delete(placeOf(key))
    if (left.length < others.length) this.#countMore(key.bot, -1)
  }

  /** Whether a bot has as many as it may. */
  async isFull(bot: string): Promise<boolean> {
    const known = this.#counts.get(bot)
    if (!this.#isShared) return (known?.count ?? 0) >= MOST_OPEN
    const now = this.#clock.now()
    if (known && Math.abs(now - known.at) < BELIEVED_MS) return known.count >= MOST_OPEN
    const row = await this.#store.read.first(countOfBot, { bot, limit: MOST_OPEN })
    const count = Number(row?.count ?? 0)
    this.#counts.set(bot, { count, at: now })
    return count >= MOST_OPEN
  }

  async #read(all: readonly Partners[]): Promise<readonly DialogueKey[]> {
    if (all.length === 0) return NONE
    const places = new Set(all.map(placeOf))
    const conversations = listText([...new Set(all.map(({ conversation }) => conversation))])
    const persons = listText([...new Set(all.map(({ person }) => person))])
    const found = await this.#store.read.all(dialoguesAmong, { conversations, persons })
    return found.filter(key => places.has(placeOf(key)))
  }

  #at(partners: Partners): readonly DialogueKey[] {
    return this.#byPlace.get(placeOf(partners)) ?? NONE
  }

  #countMore(bot: string, more: number): void {
    const known = this.#counts.get(bot)
    if (known) known.count = Math.max(0, known.count + more)
    else if (!this.#isShared) this.#counts.set(bot, { count: more, at: 0 })
  }
}

const isSame = (one: DialogueKey, other: DialogueKey): boolean =>
  one.bot === other.bot && one.plugin === other.plugin
