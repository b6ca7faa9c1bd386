import { expect, test } from 'vitest'
import { DispatchWorld, settle } from './dispatch-world.ts'

const PLUGIN = { bot: 'bot', plugin: 'plugin' }
const never = () => new Promise(() => {})

/** Events that a process was handling when it was ended. */
async function left(count: number) {
  const w = await DispatchWorld.open(never, { attempts: 2 })
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await w.accept(`c${n}`, n))[0]!.id)
  await settle()
  await w.dispatcher.stop(0)
  return { w, ids }
}

test('what ended a process counts as an attempt, and is set aside in the end', async () => {
  const { w, ids } = await left(2)
  const handled: unknown[] = []
  w.handle = attempt => {
    handled.push(`${attempt.delivery.event.data} ${attempt.delivery.attempts} ${attempt.origin}`)
    return never()
  }
  const stuck = [{ ...PLUGIN, event: ids[0]!, ms: 60_000, certain: true }]
  await w.start(undefined, stuck)
  await settle()
  expect(handled).toEqual(['0 1 recovered', '1 0 recovered'])
  const errors = w.dispatcher.health('bot', 'plugin').lastErrors
  expect(errors).toMatchObject([{ event: ids[0], message: 'the handler kept the process busy for 60 s' }])
  await w.dispatcher.stop(0)
  handled.length = 0
  await w.start(undefined, stuck)
  await settle()
  expect(handled).toEqual(['1 0 recovered'])
  const [first] = await w.rows()
  expect(first).toMatchObject({ state: 'dead', attempts: 2 })
  expect(first!.error).toContain('kept the process busy')
  expect(w.log.lines.map(({ message }) => message)).toEqual([
    'set aside: the handler kept the process busy each time',
  ])
})

test('those that may have ended a process are handled one at a time, until all of them have shown that they do not', async () => {
  const { w, ids } = await left(5)
  const begun: unknown[] = []
  const ends: (() => void)[] = []
  w.handle = ({ delivery }) => {
    begun.push(delivery.event.data)
    return new Promise<void>(resolve => ends.push(resolve))
  }
  const stuck = ids.slice(0, 2).map(event => ({ ...PLUGIN, event, ms: 60_000, certain: false }))
  await w.start(undefined, stuck)
  await settle()
  expect(begun).toEqual([0])
  ends[0]!()
  await settle()
  expect(begun).toEqual([0, 1])
  ends[1]!()
  await settle()
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect((await w.rows()).map(({ attempts }) => attempts)).toEqual([0, 0, 0, 0, 0])
})

test('suspects of several plugins are handled plugin by plugin, and nothing beside them of those whose code it was', async () => {
  const w = await DispatchWorld.open(never)
  const events: { plugin: string; event: string }[] = []
  for (const plugin of ['a', 'b', 'b', 'idle', 'other'])
    events.push({ plugin, event: (await w.accept(`c${events.length}`, plugin, { plugin }))[0]!.id })
  await settle()
  await w.dispatcher.stop(0)
  const begun: unknown[] = []
  const ends: (() => void)[] = []
  w.handle = ({ delivery }) => {
    begun.push(delivery.plugin)
    return new Promise<void>(resolve => ends.push(resolve))
  }
  const about = { bot: 'bot', ms: 60_000, certain: false }
  const stuck = events.slice(0, 2).map(one => ({ ...about, ...one }))
  await w.start(undefined, [...stuck, { ...about, plugin: 'idle' }])
  await settle()
  expect(begun.toSorted()).toEqual(['a', 'other'])
  ends[begun.indexOf('a')]!()
  await settle()
  expect(begun.slice(2)).toEqual(['b'])
  ends[2]!()
  await settle()
  expect(begun.slice(3).toSorted()).toEqual(['b', 'idle'])
})

test('what was handled all the same, or is not known, is passed over', async () => {
  const { w, ids } = await left(1)
  w.handle = () => {}
  await w.start()
  await settle()
  await w.dispatcher.stop(0)
  const stuck = [ids[0]!, 'unknown'].map(event => ({ ...PLUGIN, event, ms: 1, certain: true }))
  expect(await w.start(undefined, stuck)).toBe(0)
  expect(await w.rows()).toMatchObject([{ state: 'done', attempts: 0 }])
})
