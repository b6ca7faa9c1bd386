import type { MessageRecord } from '../../../../src/protocol/index.ts'
import type { PluginContext } from '../../../../src/runtime/plugin/context.ts'
import { definePlugin } from '../../../../src/runtime/plugin/define.ts'
import type { Store } from '../../../../src/store/index.ts'
import type { DialogueTable, RuntimeTables } from '../../../../src/store/schema/runtime.ts'
import { worldOn } from '../../../../src/testing/create-world.ts'
import type { PluginUse, World, WorldOptions } from '../../../../src/testing/index.ts'
import { runtimeStore } from '../../../engine.ts'
import { QuietClock, turns } from '../../../quiet.ts'

export const square = { group: 'square' } as const
export const MINUTE = 60_000

export const plugin = (setup: (ctx: PluginContext) => void, name = 'shop'): PluginUse => ({
  use: definePlugin({ name, setup }),
})

/** A world with people who talk in the square, and a look at the dialogues on disk. */
export class Talk implements AsyncDisposable {
  readonly w: World
  readonly store: Store<RuntimeTables>

  private constructor(w: World, store: Store<RuntimeTables>) {
    this.w = w
    this.store = store
  }

  static async of(plugins: readonly PluginUse[], options: Omit<WorldOptions, 'clock' | 'plugins'> = {}) {
    const store = await runtimeStore()
    const ground = { clock: new QuietClock(), store, turn: () => turns(1) }
    return new Talk(await worldOn(ground, { ...options, plugins }), store)
  }

  /** Says texts in the square, one after the other; resolves with what the bot said to them. */
  async say(...texts: string[]): Promise<string[]> {
    return this.sayAs('alice', ...texts)
  }

  async sayAs(from: string, ...texts: string[]): Promise<string[]> {
    const before = (await this.answers()).length
    for (const text of texts) await this.w.say({ from, ...square, text })
    return (await this.answers()).slice(before)
  }

  /** Says something of another type than text. */
  async show(from: string, msg_type: string, msg_body: Record<string, unknown>): Promise<void> {
    const record = await this.w.write({ from, ...square, text: 'shown' })
    await this.w.hear({ ...record, msg_type, msg_body } as MessageRecord)
  }

  /** All that the bot said in the square. */
  async answers(): Promise<string[]> {
    const said = await this.w.history(square)
    return said.filter(({ from_id }) => from_id === 'test-bot').map(({ msg_body }) => String(msg_body.text))
  }

  /** Lets time pass; resolves with what the bot said meanwhile. */
  async pass(ms: number): Promise<string[]> {
    const before = (await this.answers()).length
    await this.w.clock.advance(ms)
    await this.w.settled()
    return (await this.answers()).slice(before)
  }

  /** The dialogues on disk. */
  rows(): Promise<DialogueTable[]> {
    return this.store.read.execute(this.store.db.selectFrom('dialogues').selectAll())
  }

  /** Messages of the log at a level. */
  logged(level: string): string[] {
    return this.w.log.filter(line => line.level === level).map(({ message }) => message)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.w[Symbol.asyncDispose]()
  }
}
