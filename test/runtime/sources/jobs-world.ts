import { onTestFinished } from 'vitest'
import { idMaker } from '../../../src/base/ids.ts'
import type { Delivery, JobData } from '../../../src/runtime/events/event.ts'
import { Journal } from '../../../src/runtime/events/journal.ts'
import { Jobs, type NewJob } from '../../../src/runtime/sources/jobs.ts'
import { runtimeStore } from '../../engine.ts'
import { QuietClock } from '../../quiet.ts'
import { captured } from '../capture.ts'

/** Jobs over restarts, on one store. What comes about is handled at once, unless it is held. */
export async function jobsWorld() {
  const clock = new QuietClock()
  const store = await runtimeStore()
  const makeId = idMaker(() => clock.now())
  const startedAt = clock.now()
  /** `key@due/when`, in s since the start. */
  const fired: string[] = []
  const held: Delivery[] = []
  let holds = false
  const seconds = (at: number) => (at - startedAt) / 1000
  const journal = new Journal({
    store,
    makeId,
    now: () => clock.now(),
    onAccepted: deliveries => {
      for (const delivery of deliveries) {
        const { event } = delivery
        const { dueAt } = event.data as JobData
        fired.push(`${event.conversation.split(':').at(-1)}@${seconds(dueAt)}/${seconds(clock.now())}`)
        if (holds) held.push(delivery)
        else void journal.finish(delivery)
      }
    },
  })
  const make = () => new Jobs({ store, journal, clock, log: captured(), makeId })
  let jobs = make()
  await jobs.start()
  onTestFinished(() => jobs.stop())
  const of = { bot: 'bot', plugin: 'plugin', name: 'n' }
  return {
    ...{ clock, fired, store },
    get jobs() {
      return jobs
    },
    now: () => seconds(clock.now()),
    schedule: (job: Partial<NewJob> & { inMs: number }) =>
      jobs.schedule({ ...of, key: makeId(), data: null, dueAt: clock.now() + job.inMs, ...job }),
    cancel: (key: string) => jobs.cancel({ ...of, key }),
    list: (after = '', limit = 100) => jobs.list(of, { after, limit }),
    hold: () => {
      holds = true
    },
    async release() {
      holds = false
      for (const delivery of held.splice(0)) await journal.finish(delivery)
    },
    async restart(downMs: number) {
      await jobs.stop()
      await clock.advance(downMs)
      jobs = make()
      await jobs.start()
      await clock.advance(0)
    },
  }
}
export type JobsWorld = Awaited<ReturnType<typeof jobsWorld>>
