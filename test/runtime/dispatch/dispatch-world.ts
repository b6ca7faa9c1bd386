import { idMaker } from '../../../src/base/ids.ts'
import { TransportError } from '../../../src/client/index.ts'
import type { Attempt } from '../../../src/runtime/dispatch/attempt.ts'
import type { Stuck } from '../../../src/runtime/dispatch/blame.ts'
import { Dispatcher } from '../../../src/runtime/dispatch/dispatcher.ts'
import type { DispatchLimits } from '../../../src/runtime/dispatch/limits.ts'
import { Journal, type NewEvent } from '../../../src/runtime/events/journal.ts'
import { alone, type Place } from '../../../src/runtime/fleet/place.ts'
import type { Store } from '../../../src/store/index.ts'
import type { RuntimeTables } from '../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock, turns } from '../../quiet.ts'
import { captured } from '../capture.ts'

export const settle = (count = 20) => turns(count)

/** A journal and a dispatcher on a real store, and a stopped clock. */
export class DispatchWorld {
  readonly clock = new QuietClock()
  readonly log = captured()
  readonly store: Store<RuntimeTables>
  readonly limits: Partial<DispatchLimits>
  handle: (attempt: Attempt) => unknown = () => {}
  /** Of the processes that are started from now on. */
  place: Place = alone
  journal!: Journal
  dispatcher!: Dispatcher

  private constructor(store: Store<RuntimeTables>, limits: Partial<DispatchLimits>) {
    this.store = store
    this.limits = limits
  }

  static async open(
    handle: (attempt: Attempt) => unknown,
    limits: Partial<DispatchLimits> = {},
  ): Promise<DispatchWorld> {
    const w = new DispatchWorld(await runtimeStore(), limits)
    w.handle = handle
    await w.start()
    return w
  }

  /**
   * As a new process would; a former one is left alone. `setUp` happens while plugins are set up; `stuck` is what a
   * watchdog noted.
   */
  async start(setUp = () => {}, stuck: readonly Stuck[] = []): Promise<number> {
    const { clock, log, store, limits, place } = this
    const journal = new Journal({
      ...{ store, place },
      makeId: idMaker(() => clock.now()),
      now: () => clock.now(),
      onAccepted: deliveries => dispatcher.add(deliveries),
    })
    const dispatcher: Dispatcher = new Dispatcher({
      ...{ clock, log, limits, journal, place },
      handle: async attempt => void (await this.handle(attempt)),
      isOutage: error => error instanceof TransportError,
    })
    this.journal = journal
    this.dispatcher = dispatcher
    await journal.open()
    setUp()
    return dispatcher.resume(stuck)
  }

  /** Accepts an event for a plugin: `plugin`, if no other is named. */
  accept(conversation: string, data: unknown, more: Partial<NewEvent> & { plugin?: string } = {}) {
    const recipients = [{ bot: 'bot', plugin: more.plugin ?? 'plugin' }]
    return this.journal.accept([{ type: 'test', conversation, data, recipients, ...more }])
  }

  rows() {
    const { db, read } = this.store
    return read.execute(
      db
        .selectFrom('deliveries')
        .select(['event_id', 'bot', 'plugin', 'state', 'attempts', 'error', 'data'])
        .orderBy('event_id')
        .orderBy('plugin'),
    )
  }
}
