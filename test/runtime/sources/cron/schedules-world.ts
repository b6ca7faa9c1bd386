import type { Clock, ManualClock } from '../../../../src/base/clock.ts'
import { idMaker } from '../../../../src/base/ids.ts'
import type { CronData, Delivery } from '../../../../src/runtime/events/event.ts'
import { Journal } from '../../../../src/runtime/events/journal.ts'
import { noObserver, type Observer } from '../../../../src/runtime/observer.ts'
import { Schedules, type WantedSchedule } from '../../../../src/runtime/sources/cron/schedules.ts'
import type { Store } from '../../../../src/store/index.ts'
import type { RuntimeTables } from '../../../../src/store/schema/runtime.ts'
import { runtimeStore } from '../../../engine.ts'
import { QuietClock } from '../../../quiet.ts'
import { captured } from '../../capture.ts'

const HOUR = 3_600_000

interface Shared {
  clock: ManualClock
  store: Store<RuntimeTables>
}

/**
 * Schedules as one process has them; another one on the same store is the next process. The clock of its machine may be
 * wrong by `machine.aheadMs`.
 */
export async function process(shared?: Shared) {
  const clock = shared?.clock ?? new QuietClock()
  const machine = { aheadMs: 0 }
  const now = () => clock.now() + machine.aheadMs
  const store = shared?.store ?? (await runtimeStore())
  const log = captured()
  /** Of each event: schedule, hours from the beginning of 2026 to when it was due. */
  const fired: [name: string, hour: number][] = []
  const deliveries: Delivery[] = []
  const late: number[] = []
  const prevented: string[] = []
  const journal = new Journal({
    ...{ store, now, makeId: idMaker(now) },
    onAccepted(accepted) {
      deliveries.push(...accepted)
      for (const { event } of accepted) {
        const { name, scheduledAt } = event.data as CronData
        fired.push([name, (scheduledAt - Date.UTC(2026, 0, 1)) / HOUR])
      }
    },
  })
  await journal.open()
  const observer: Observer = {
    ...noObserver,
    fired: (_, lateMs) => void late.push(lateMs),
    prevented: ({ name }) => void prevented.push(name),
  }
  const itsClock: Clock = { now, after: (ms, run) => clock.after(ms, run) }
  const schedules = new Schedules({ store, journal, clock: itsClock, log, observer })
  const add = (name: string, expression: string, more: Partial<WantedSchedule> = {}) =>
    schedules.add({ bot: 'bot', plugin: 'plugin', name, expression, timezone: 'UTC', ...more })
  const done = async () => {
    await Promise.all(deliveries.splice(0).map(delivery => journal.finish(delivery)))
  }
  const rows = () => store.read.execute(store.db.selectFrom('schedules').selectAll())
  return {
    clock,
    machine,
    store,
    log,
    fired,
    deliveries,
    late,
    prevented,
    journal,
    schedules,
    add,
    done,
    rows,
  }
}

/** The process ends; the next one comes after a while. */
export async function goneFor(p: Awaited<ReturnType<typeof process>>, ms: number) {
  await p.schedules.stop()
  return process({ store: p.store, clock: new QuietClock(p.clock.now() + ms) })
}
