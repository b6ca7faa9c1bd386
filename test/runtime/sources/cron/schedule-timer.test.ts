import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Clock, ManualClock } from '../../../../src/base/clock.ts'
import { nextOccurrence, parseCron } from '../../../../src/runtime/sources/cron/occurrences.ts'
import { ScheduleTimer } from '../../../../src/runtime/sources/cron/schedule-timer.ts'

const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

let clock: ManualClock
let fired: [id: string, scheduledAt: number][]
let timer: ScheduleTimer

beforeEach(() => {
  clock = new ManualClock(START)
  fired = []
  timer = new ScheduleTimer({ clock, fire: (id, scheduledAt) => fired.push([id, scheduledAt]) })
})

/** A clock whose time can be set; its timer runs only when told to, as after a sleep of the machine. */
class JumpingClock implements Clock {
  time = START
  waits: number[] = []
  #run: (() => void) | undefined
  now() {
    return this.time
  }
  after(ms: number, run: () => void) {
    this.waits.push(ms)
    this.#run = run
    return () => {
      if (this.#run === run) this.#run = undefined
    }
  }
  wakeAt(time: number) {
    this.time = time
    const run = this.#run
    this.#run = undefined
    run?.()
  }
}

describe('ScheduleTimer', () => {
  test('fires each schedule at its times, in order', async () => {
    timer.add('hour', parseCron('0 * * * *'), 'UTC')
    timer.add('half', parseCron('*/30 * * * *'), 'UTC')
    expect(timer.next('half')).toBe(START + 30 * MINUTE)
    await clock.advance(90 * MINUTE)
    expect(fired).toEqual([
      ['half', START + 30 * MINUTE],
      ['hour', START + HOUR],
      ['half', START + HOUR],
      ['half', START + 90 * MINUTE],
    ])
  })

  test('replaces a schedule of the same id, and forgets a removed one', async () => {
    timer.add('a', parseCron('*/10 * * * *'), 'UTC')
    timer.add('b', parseCron('*/10 * * * *'), 'UTC')
    timer.add('a', parseCron('*/15 * * * *'), 'UTC')
    timer.remove('b')
    timer.remove('unknown')
    expect(timer.next('b')).toBeUndefined()
    await clock.advance(20 * MINUTE)
    expect(fired).toEqual([['a', START + 15 * MINUTE]])
  })

  test('keeps the old schedule when the new one names no zone', () => {
    timer.add('a', parseCron('0 * * * *'), 'UTC')
    expect(() => timer.add('a', parseCron('0 0 * * *'), 'Mars/Olympus')).toThrow('Mars/Olympus')
    expect(timer.next('a')).toBe(START + HOUR)
  })

  test('fires nothing once it is closed', async () => {
    timer.add('a', parseCron('* * * * *'), 'UTC')
    timer.close()
    timer.add('b', parseCron('* * * * *'), 'UTC')
    await clock.advance(HOUR)
    expect(fired).toEqual([])
  })

  test('takes a schedule that never fires', async () => {
    timer.add('never', parseCron('0 0 L-30 2 *'), 'UTC')
    expect(timer.next('never')).toBeUndefined()
    await clock.advance(HOUR)
    expect(fired).toEqual([])
  })

  test('obeys what fire adds and removes', async () => {
    timer = new ScheduleTimer({
      clock,
      fire(id, at) {
        fired.push([id, at])
        timer.remove('victim')
        if (id === 'first') timer.add('second', parseCron('1 1 * * *'), 'UTC')
      },
    })
    timer.add('first', parseCron('0 1 * * *'), 'UTC')
    timer.add('victim', parseCron('0 1 * * *'), 'UTC')
    await clock.advance(2 * HOUR)
    expect(fired.map(([id]) => id)).toEqual(['first', 'second'])
  })

  test('goes on firing when fire throws, and lets the error out', () => {
    const jumping = new JumpingClock()
    timer = new ScheduleTimer({
      clock: jumping,
      fire(id, at) {
        fired.push([id, at])
        throw new Error(id)
      },
    })
    timer.add('a', parseCron('* * * * *'), 'UTC')
    timer.add('b', parseCron('* * * * *'), 'UTC')
    expect(() => jumping.wakeAt(START + MINUTE)).toThrow('a')
    expect(() => jumping.wakeAt(START + 2 * MINUTE)).toThrow('a')
    expect(fired.map(([id]) => id)).toEqual(['a', 'b', 'a', 'b'])
  })

  describe('with a clock that jumps', () => {
    let jumping: JumpingClock
    beforeEach(() => {
      jumping = new JumpingClock()
      timer = new ScheduleTimer({ clock: jumping, fire: (id, scheduledAt) => fired.push([id, scheduledAt]) })
    })

    test('fires once after a sleep, for the latest occurrence missed', () => {
      timer.add('second', parseCron('* * * * * *'), 'UTC')
      timer.add('hour', parseCron('0 * * * *'), 'UTC')
      timer.add('day', parseCron('0 9 * * *'), 'UTC')
      jumping.wakeAt(START + 8.5 * HOUR + 300)
      expect(fired).toEqual([
        ['hour', START + 8 * HOUR],
        ['second', START + 8.5 * HOUR],
      ])
      expect(timer.next('second')).toBe(START + 8.5 * HOUR + 1000)
    })

    test('fires nothing twice when the clock is set back', () => {
      timer.add('a', parseCron('* * * * *'), 'UTC')
      jumping.wakeAt(START + MINUTE)
      for (let second = -30; second < 60; second++) jumping.wakeAt(START + second * 1000)
      jumping.wakeAt(START + 2 * MINUTE)
      expect(fired).toEqual([
        ['a', START + MINUTE],
        ['a', START + 2 * MINUTE],
      ])
    })

    test('looks at the clock once a minute', () => {
      timer.add('a', parseCron('0 0 1 6 *'), 'UTC')
      jumping.wakeAt(START + MINUTE)
      expect(jumping.waits).toEqual([MINUTE, MINUTE])
    })

    test('fires what a plain loop over the occurrences says, however late it wakes', () => {
      const expression = fc.constantFrom(
        '* * * * * *',
        '*/7 9-11 * * *',
        '30 2 * * *',
        '0 0 1 * *',
        '5,6 * * * 1',
      )
      const sleeps = fc.array(
        fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 30 * HOUR })),
      )
      fc.assert(
        fc.property(expression, sleeps, (text, waits) => {
          jumping = new JumpingClock()
          jumping.time = Date.UTC(2026, 9, 24, 9)
          fired = []
          timer = new ScheduleTimer({
            clock: jumping,
            fire: (id, scheduledAt) => fired.push([id, scheduledAt]),
          })
          const fields = parseCron(text)
          timer.add('a', fields, 'Europe/Berlin')
          for (const wait of waits) {
            const before = jumping.time
            fired = []
            jumping.wakeAt(before + wait)
            const first = nextOccurrence(fields, 'Europe/Berlin', before)!
            expect(fired.length).toBe(first <= jumping.time ? 1 : 0)
            if (fired[0]) {
              const after = nextOccurrence(fields, 'Europe/Berlin', fired[0][1])!
              expect(fired[0][1]).toBeLessThanOrEqual(jumping.time)
              expect(after).toBeGreaterThan(jumping.time)
            }
          }
        }),
        { seed: 32, numRuns: 300 },
      )
    })
  })

  test('holds 10,000 schedules with one timer of the clock', async () => {
    const jumping = new JumpingClock()
    timer = new ScheduleTimer({ clock: jumping, fire: (id, scheduledAt) => fired.push([id, scheduledAt]) })
    const startedAt = performance.now()
    for (let i = 0; i < 10_000; i++)
      timer.add(`s${i}`, parseCron(`${i % 60} ${i % 24} * * *`), i % 2 ? 'UTC' : 'Asia/Shanghai')
    jumping.wakeAt(START + 24 * HOUR)
    expect(performance.now() - startedAt).toBeLessThan(600)
    expect(fired).toHaveLength(10_000)
    expect(jumping.waits.length).toBeLessThan(100)
  })
})
