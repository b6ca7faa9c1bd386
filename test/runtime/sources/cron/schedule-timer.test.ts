import { beforeEach, describe, expect, test } from 'vitest'
import { type Clock, ManualClock } from '../../../../src/base/clock.ts'
import { parseCron } from '../../../../src/runtime/sources/cron/occurrences.ts'
import { ScheduleTimer, type Timed } from '../../../../src/runtime/sources/cron/schedule-timer.ts'

const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Entry extends Timed {
  readonly id: string
}

let clock: ManualClock
let told: [id: string, at: number][]
let setBackTo: number[]
let timer: ScheduleTimer<Entry>
let order = 0

const entry = (id: string, expression: string, timezone = 'UTC'): Entry => ({
  ...{ id, fields: parseCron(expression), timezone, order: order++, place: -1 },
  dueAt: Number.POSITIVE_INFINITY,
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

const timerOn = (on: Clock): ScheduleTimer<Entry> =>
  new ScheduleTimer({
    clock: on,
    due: entries => void told.push(...entries.map(({ id }): [string, number] => [id, on.now()])),
    setBack: to => void setBackTo.push(to),
  })

beforeEach(() => {
  clock = new ManualClock(START)
  told = []
  setBackTo = []
  timer = timerOn(clock)
})

test('tells of each entry at its times, in order', async () => {
  timer.add(entry('hour', '0 * * * *'))
  const half = entry('half', '*/30 * * * *')
  timer.add(half)
  expect(half.dueAt).toBe(START + 30 * MINUTE)
  await clock.advance(90 * MINUTE)
  expect(told).toEqual([
    ['half', START + 30 * MINUTE],
    ['hour', START + HOUR],
    ['half', START + HOUR],
    ['half', START + 90 * MINUTE],
  ])
})

test('tells of what is due at the same time in one call', async () => {
  const calls: number[] = []
  timer = new ScheduleTimer({ clock, due: entries => void calls.push(entries.length), setBack() {} })
  for (let i = 0; i < 500; i++) timer.add(entry(`e${i}`, '0 1 * * *'))
  await clock.advance(2 * HOUR)
  expect(calls).toEqual([500])
})

test('forgets what is removed, and all once it is closed', async () => {
  const removed = entry('removed', '*/10 * * * *')
  timer.add(removed)
  timer.add(entry('kept', '*/15 * * * *'))
  timer.remove(removed)
  timer.remove(removed)
  await clock.advance(20 * MINUTE)
  expect(told).toEqual([['kept', START + 15 * MINUTE]])
  timer.close()
  timer.add(entry('late', '* * * * *'))
  await clock.advance(HOUR)
  expect(told.length).toBe(1)
})

test('takes what never falls due', async () => {
  const never = entry('never', '0 0 L-30 2 *')
  timer.add(never)
  expect(never.dueAt).toBe(Number.POSITIVE_INFINITY)
  await clock.advance(HOUR)
  expect(told).toEqual([])
})

test('obeys what is added and removed when it tells', async () => {
  const victim = entry('victim', '0 2 * * *')
  timer = new ScheduleTimer({
    clock,
    due(entries) {
      told.push(...entries.map(({ id }): [string, number] => [id, clock.now()]))
      timer.remove(victim)
      if (entries[0]!.id === 'first') timer.add(entry('second', '1 1 * * *'))
    },
    setBack() {},
  })
  timer.add(entry('first', '0 1 * * *'))
  timer.add(victim)
  await clock.advance(3 * HOUR)
  expect(told.map(([id]) => id)).toEqual(['first', 'second'])
})

describe('with a clock that jumps', () => {
  let jumping: JumpingClock
  beforeEach(() => {
    jumping = new JumpingClock()
    timer = timerOn(jumping)
  })

  test('tells once after a sleep, and goes on from there', () => {
    const second = entry('second', '* * * * * *')
    timer.add(second)
    timer.add(entry('hour', '0 * * * *'))
    timer.add(entry('day', '0 9 * * *'))
    jumping.wakeAt(START + 8.5 * HOUR + 300)
    expect(told.map(([id]) => id)).toEqual(['second', 'hour'])
    expect(second.dueAt).toBe(START + 8.5 * HOUR + 1000)
  })

  test('plans anew when the clock is set back, from when it may have been', () => {
    const hour = entry('hour', '0 * * * *')
    timer.add(hour)
    jumping.wakeAt(START + 3 * HOUR)
    jumping.wakeAt(START + HOUR + 30_000)
    expect(setBackTo).toEqual([START + HOUR - 30_000])
    // It came to the hour while nobody looked.
    expect(told.map(([, at]) => at)).toEqual([START + 3 * HOUR, START + HOUR + 30_000])
    expect(hour.dueAt).toBe(START + 2 * HOUR)
  })

  test.each([
    ['added', () => timer.add(entry('more', '0 0 1 6 *'))],
    ['removed', (last: Entry) => timer.remove(last)],
  ])('sees also when something is %s that the clock was set back', (_, act) => {
    const [hour, last] = [entry('hour', '0 * * * *'), entry('last', '30 0 * * *')]
    timer.add(hour)
    timer.add(last)
    jumping.time = START - 2 * HOUR
    act(last)
    expect([setBackTo.length, hour.dueAt]).toEqual([1, START - 2 * HOUR])
  })

  test('is not troubled by a clock that is set back by less than it waited', () => {
    timer.add(entry('a', '* * * * *'))
    jumping.wakeAt(START + MINUTE)
    jumping.wakeAt(START + 2 * MINUTE - 5)
    jumping.wakeAt(START + 2 * MINUTE)
    expect([told.length, setBackTo]).toEqual([2, []])
  })

  test('looks at the clock once a minute', () => {
    timer.add(entry('a', '0 0 1 6 *'))
    jumping.wakeAt(START + MINUTE)
    expect(jumping.waits).toEqual([MINUTE, MINUTE])
  })

  test('holds 10,000 entries with one timer of the clock', () => {
    for (let i = 0; i < 10_000; i++)
      timer.add(entry(`s${i}`, `${i % 60} ${i % 24} * * *`, i % 2 ? 'UTC' : 'Asia/Shanghai'))
    jumping.wakeAt(START + 24 * HOUR)
    expect(told).toHaveLength(10_000)
    expect(jumping.waits.length).toBeLessThan(100)
  })
})
