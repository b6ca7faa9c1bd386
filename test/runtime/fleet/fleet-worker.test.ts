import { expect, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { FleetWorker, type FleetWorkerOptions } from '../../../src/runtime/fleet/fleet-worker.ts'

test('what is heard waits until a look has found what was not heard of, however often that fails', async () => {
  const clock = new ManualClock()
  const done: string[] = []
  let failures = 3
  const nothing = async () => {}
  const worker = new FleetWorker({
    ...{ clock, log: silentLog },
    outbox: { handover: { look: nothing } },
    broadcasts: { look: nothing },
    dispatcher: {
      look: async () => {
        if (failures-- > 0) throw new Error('the database is away')
        done.push('look')
      },
      hear: async (events: readonly string[]) => void done.push(...events),
    },
  } as unknown as FleetWorkerOptions)
  worker.look()
  worker.hear([{ kind: 'event', partition: 1, id: 'later' }])
  await clock.advance(100)
  expect(done).toEqual([])
  await clock.advance(60_000)
  expect(done).toEqual(['look', 'later'])
  worker.stop()
})
