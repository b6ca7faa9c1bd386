import { expect, test } from 'vitest'
import { QuietClock } from '../../../quiet.ts'
import { goneFor, process } from './schedules-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

test('a schedule fires once for each moment, and is told of with how late it was', async () => {
  const p = await process()
  p.add('hourly', '0 * * * *')
  await p.schedules.start()
  for (let i = 0; i < 3; i++) {
    await p.clock.advance(HOUR)
    await p.done()
  }
  expect(p.fired).toEqual([
    ['hourly', 1],
    ['hourly', 2],
    ['hourly', 3],
  ])
  expect(p.late).toEqual([0, 0, 0])
})

test.each([
  ['skip', []],
  ['once', [5]],
  [{ once: '10m' }, []],
  [{ once: '30m' }, [5]],
  [{ all: '3h' }, [3, 4, 5]],
] as const)(
  '%j: after a time without a process, the missed hours fire that the rule says',
  async (missed, expected) => {
    const p = await process()
    p.add('hourly', '0 * * * *', { missed })
    await p.schedules.start()
    await p.clock.advance(10 * MINUTE)
    const next = await goneFor(p, 5 * HOUR + 10 * MINUTE)
    next.add('hourly', '0 * * * *', { missed })
    await next.schedules.start()
    expect(next.fired.map(([, hour]) => hour)).toEqual(expected)
    await next.done()
    await next.clock.advance(HOUR)
    expect(next.fired.map(([, hour]) => hour)).toEqual([...expected, 6])
  },
)

test('what was made up for once does not fire again at a further start', async () => {
  const p = await process()
  const missed = { all: '6h' }
  p.add('hourly', '0 * * * *', { missed })
  await p.schedules.start()
  const second = await goneFor(p, 3 * HOUR)
  second.add('hourly', '0 * * * *', { missed })
  await second.schedules.start()
  await second.done()
  const third = await goneFor(second, MINUTE)
  third.add('hourly', '0 * * * *', { missed })
  await third.schedules.start()
  expect([second.fired.length, third.fired.length]).toEqual([3, 0])
})

test('a schedule that is new, or has other times now, begins with the start', async () => {
  const p = await process()
  p.add('changed', '0 * * * *', { missed: 'once' })
  p.add('moved', '0 * * * *', { missed: 'once' })
  await p.schedules.start()
  const next = await goneFor(p, 3 * HOUR + MINUTE)
  next.add('changed', '30 * * * *', { missed: 'once' })
  next.add('moved', '0 * * * *', { missed: 'once', timezone: 'Asia/Kolkata' })
  next.add('new', '0 * * * *', { missed: 'once' })
  await next.schedules.start()
  expect(next.fired).toEqual([])
  await next.clock.advance(HOUR)
  expect(next.fired).toEqual([
    ['changed', 3.5],
    ['moved', 3.5],
    ['new', 4],
  ])
})

test('a firing that the store refuses comes about once it takes it, by the rule of the schedule', async () => {
  const p = await process()
  p.add('once', '0 * * * *')
  p.add('all', '*/10 * * * *', { missed: { all: '6h' } })
  p.add('skip', '0 * * * *', { missed: 'skip' })
  await p.schedules.start()
  const { apply } = p.store
  p.store.apply = () => Promise.reject(new Error('disk full'))
  await p.clock.advance(HOUR + 5 * MINUTE)
  expect(p.fired).toEqual([])
  p.store.apply = apply
  await p.clock.advance(6000)
  expect(p.fired).toEqual(
    [
      ['all', 1 / 6],
      ['all', 2 / 6],
      ['all', 3 / 6],
      ['all', 4 / 6],
      ['all', 5 / 6],
      ['all', 1],
      ['once', 1],
    ].sort(([a], [b]) => (a! < b! ? -1 : 1)),
  )
  expect(p.log.lines.filter(({ level }) => level === 'error').length).toBe(1)
})

test('a schedule whose plugin is loaded anew goes on where it had come to', async () => {
  const p = await process()
  const first = p.add('hourly', '0 * * * *')
  await p.schedules.start()
  first.remove()
  await p.clock.advance(HOUR + MINUTE)
  p.add('hourly', '0 * * * *')
  await p.clock.advance(0)
  expect(p.fired).toEqual([['hourly', 1]])
})

test('a schedule does not fire while its last event is not handled, also over a restart', async () => {
  const p = await process()
  p.add('slow', '0 * * * *')
  await p.schedules.start()
  await p.clock.advance(2 * HOUR)
  expect(p.fired).toEqual([['slow', 1]])
  expect(p.prevented).toEqual(['slow'])
  const next = await goneFor(p, MINUTE)
  next.add('slow', '0 * * * *')
  await next.schedules.start()
  await next.clock.advance(HOUR)
  expect(next.fired).toEqual([])
  await p.done()
  await next.clock.advance(HOUR)
  // What was prevented is not made up for.
  expect(next.fired).toEqual([['slow', 4]])
})

test('a schedule that may overlap fires all the same, and its runs do not wait for each other', async () => {
  const p = await process()
  p.add('slow', '0 * * * *', { overlap: true })
  await p.schedules.start()
  await p.clock.advance(2 * HOUR)
  expect(p.fired.length).toBe(2)
  expect(new Set(p.deliveries.map(({ event }) => event.conversation)).size).toBe(2)
})

test('more missed firings than share a commit all come about, in order', async () => {
  const p = await process()
  const missed = { all: '1h' }
  for (const name of ['a', 'b', 'c']) p.add(name, '*/5 * * * * *', { missed })
  await p.schedules.start()
  const next = await goneFor(p, HOUR)
  for (const name of ['a', 'b', 'c']) next.add(name, '*/5 * * * * *', { missed })
  await next.schedules.start()
  for (const name of ['a', 'b', 'c']) {
    const hours = next.fired.filter(([of]) => of === name).map(([, hour]) => hour)
    expect(hours).toEqual(Array.from({ length: 720 }, (_, n) => expect.closeTo((5 * (n + 1)) / 3600)))
  }
})

test('what is set up at once is on disk after one commit, however much it is', async () => {
  const p = await process()
  await p.schedules.start()
  let commits = 0
  const { apply } = p.store
  p.store.apply = (...changes) => {
    commits++
    return apply(...changes)
  }
  for (let i = 0; i < 5000; i++) p.add(`s${i}`, '0 * * * *')
  await p.schedules.settled()
  expect([commits, (await p.rows()).length]).toEqual([1, 5000])
})

test('what is set up while the store refuses it is on disk once it takes it, and makes up for what it missed', async () => {
  const p = await process()
  await p.schedules.start()
  const { apply } = p.store
  p.store.apply = () => Promise.reject(new Error('disk full'))
  p.add('idle', '0 12 * * *')
  p.add('due', '1 * * * *')
  p.add('removed', '1 * * * *').remove()
  await p.clock.advance(2 * MINUTE)
  expect([p.fired, await p.rows()]).toEqual([[], []])
  p.store.apply = apply
  await p.clock.advance(6000)
  expect(p.fired).toEqual([['due', 1 / 60]])
  expect((await p.rows()).map(({ name }) => name).sort()).toEqual(['due', 'idle'])
})

test('a clock that was ahead for a while does not silence a schedule, nor does what it fired for come again', async () => {
  const p = await process({ store: (await process()).store, clock: new QuietClock(Date.UTC(2027, 0, 1)) })
  p.add('hourly', '0 * * * *')
  await p.schedules.start()
  await p.clock.advance(2 * HOUR)
  await p.schedules.stop()
  await p.done()
  const hour = (Date.UTC(2027, 0, 1) - Date.UTC(2026, 0, 1)) / HOUR
  expect(p.fired.map(([, at]) => at - hour)).toEqual([1])
  const corrected = await process({ store: p.store, clock: new QuietClock(Date.UTC(2027, 0, 1) - HOUR) })
  corrected.add('hourly', '0 * * * *')
  await corrected.schedules.start()
  for (let i = 0; i < 4; i++) {
    await corrected.clock.advance(HOUR)
    await corrected.done()
  }
  expect(corrected.fired.map(([, at]) => at - hour)).toEqual([0, 2, 3])
})

test('what is known of a schedule that is no more is kept for a month', async () => {
  const p = await process()
  p.add('gone', '0 0 * * *')
  p.add('stays', '0 0 * * *')
  await p.schedules.start()
  await p.clock.advance(1)
  const second = await goneFor(p, 20 * DAY)
  second.add('stays', '0 0 * * *')
  await second.schedules.start()
  expect((await second.rows()).length).toBe(2)
  const third = await goneFor(second, 20 * DAY)
  third.add('stays', '0 0 * * *')
  await third.schedules.start()
  expect((await third.rows()).map(({ name }) => name)).toEqual(['stays'])
})

test('a wrong expression, zone or rule, or a second one of a name, is refused', async () => {
  const { add } = await process()
  expect(() => add('a', '61 * * * *')).toThrow(expect.objectContaining({ code: 'cron.invalid' }))
  expect(() => add('a', '* * * * *', { timezone: 'Mars/Olympus' })).toThrow(
    expect.objectContaining({ code: 'cron.zone' }),
  )
  expect(() => add('a', '* * * * *', { missed: 'always' as never })).toThrow(
    expect.objectContaining({ code: 'cron.missed' }),
  )
  add('a', '* * * * *')
  expect(() => add('a', '* * * * *')).toThrow(expect.objectContaining({ code: 'cron.twice' }))
})
