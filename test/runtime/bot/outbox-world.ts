import { idMaker } from '../../../src/base/ids.ts'
import type { Client, QuotaSetting } from '../../../src/client/index.ts'
import { Outbox, type SendLimits } from '../../../src/runtime/bot/outbox.ts'
import type { Call, Origin } from '../../../src/runtime/bot/outbox-entry.ts'
import type { Change, Store, Work } from '../../../src/store/index.ts'
import type { OutboxTable, RuntimeTables } from '../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock, turns } from '../../quiet.ts'
import { captured } from '../capture.ts'
import { APP, FakeJMessage } from './fake-jmessage.ts'

/** An outbox on a real store, a JMessage that can fail, and a stopped clock. */
export class OutboxWorld {
  readonly clock = new QuietClock()
  readonly jmessage = new FakeJMessage(this.clock)
  readonly log = captured()
  readonly makeId = idMaker(() => this.clock.now())
  readonly store: Store<RuntimeTables>
  outbox: Outbox
  client!: Client
  readonly #limits: Partial<SendLimits>
  readonly #quota: QuotaSetting
  #process = { dead: false }

  private constructor(store: Store<RuntimeTables>, limits: Partial<SendLimits>, quota: QuotaSetting) {
    this.store = store
    this.#limits = limits
    this.#quota = quota
    this.outbox = this.#newOutbox()
  }

  /** @param quota  calls a minute */
  static async open(limits: Partial<SendLimits> = {}, quota: QuotaSetting = 'off'): Promise<OutboxWorld> {
    return new OutboxWorld(await runtimeStore(), limits, quota)
  }

  #newOutbox(): Outbox {
    const { clock, log, makeId } = this
    const process = { dead: false }
    this.#process = process
    this.client = this.jmessage.client({ isDead: () => process.dead, quota: this.#quota })
    const alive =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        process.dead ? new Promise(() => {}) : call(...args)
    const store = {
      ...this.store,
      write: alive((work: Work<unknown>) => this.store.write(work)),
      apply: alive((...changes: Change[]) => this.store.apply(...changes)),
    } as Store<RuntimeTables>
    const apps = [{ name: 'main', appKey: APP.appKey, client: this.client }]
    return new Outbox({ store, clock, log, makeId, apps, limits: this.#limits })
  }

  /** As if the process had died, and another taken its place: the former says and writes no more. */
  async crash(): Promise<void> {
    this.#process.dead = true
    // What it had handed to the disk may get there; what it had sent may arrive.
    await turns(10)
    this.outbox = this.#newOutbox()
    await this.outbox.resume()
  }

  send(text: string, { key = this.makeId(), group = '10001', origin = 'own' as Origin } = {}) {
    return this.outbox.main.submit(sending(text, { key, group, origin, at: this.clock.now() }))
  }

  rows(): Promise<OutboxTable[]> {
    return this.store.read.execute(this.store.db.selectFrom('outbox').selectAll().orderBy('seq'))
  }

  /** Moves time on in steps, until nothing waits. */
  async drain(longestMs = 3_600_000): Promise<void> {
    for (let passed = 0; this.outbox.waiting > 0 && passed < longestMs; passed += 5000) {
      await this.clock.advance(5000)
    }
    if (this.outbox.waiting > 0) throw new Error(`${this.outbox.waiting} calls still wait`)
  }
}

export function sending(
  text: string,
  { key, group, origin, at }: { key: string; group: string; origin: Origin; at: number },
): Call {
  return {
    key,
    origin,
    bot: 'robot',
    event: origin === 'own' ? undefined : { id: 'event', createdAt: at },
    endpoint: 'messages.send',
    lane: `group:${group}`,
    priority: 'notice',
    args: {
      body: {
        version: 1,
        target_type: 'group',
        target_id: group,
        from_type: 'admin',
        from_id: 'robot',
        msg_type: 'text',
        msg_body: { text },
      },
    },
  }
}
