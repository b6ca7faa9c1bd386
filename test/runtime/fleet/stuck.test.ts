import { expect, test } from 'vitest'
import { beat } from '../../../src/runtime/fleet/fleet-rows.ts'
import { OwnParts } from '../../../src/runtime/fleet/own-parts.ts'
import { partitionOf } from '../../../src/runtime/fleet/partition.ts'
import { alone, type Place } from '../../../src/runtime/fleet/place.ts'
import { StuckNotes } from '../../../src/runtime/fleet/stuck-notes.ts'
import { forgetStuckOf, noteStuck } from '../../../src/runtime/fleet/stuck-rows.ts'
import { DispatchWorld, settle } from '../dispatch/dispatch-world.ts'

const PLUGIN = { bot: 'bot', plugin: 'plugin' }
const parts = (...lines: string[]) => lines.map(partitionOf)
const never = () => new Promise<void>(() => {})

/** A process that has no part until it takes some. */
function placeOf(own: OwnParts): Place {
  return {
    ...alone,
    isShared: true,
    has: part => own.isAdmitted(part),
    any: () => own.any(),
    get parts() {
      return own.json
    },
  }
}

/** What a lost node was handling, an event for each line, and the one that takes over. */
async function lost(...lines: string[]) {
  const w = await DispatchWorld.open(never)
  const events: string[] = []
  for (const line of lines) events.push((await w.accept(line, line))[0]!.id)
  await settle()
  await w.dispatcher.stop(0)
  const own = new OwnParts()
  w.place = placeOf(own)
  const begun: string[] = []
  const ends: (() => void)[] = []
  w.handle = ({ delivery }) => {
    begun.push(`${delivery.event.data} ${delivery.plugin}`)
    return new Promise<void>(resolve => ends.push(resolve))
  }
  await w.start()
  const take = async (taken: readonly number[], notes: Parameters<typeof w.dispatcher.take>[2]) => {
    own.add(taken)
    await w.dispatcher.take(taken, () => own.admit(taken), notes)
    await settle()
  }
  const leave = async (given: readonly number[]) => {
    own.drop(given)
    void w.dispatcher.leave(new Set(given))
    await settle()
  }
  return { w, events, begun, ends, take, leave }
}

test('the event at which a node was lost is set aside, and its conversation goes on with the next', async () => {
  const { w, events, begun, take } = await lost('a', 'a', 'b')
  await take(parts('a', 'b'), [{ ...PLUGIN, event: events[0]!, certain: true }])
  expect(begun.toSorted()).toEqual(['a plugin', 'b plugin'])
  const [first, second] = await w.rows()
  expect(first).toMatchObject({ state: 'dead', attempts: 1 })
  expect(first!.error).toContain('kept the process busy until others took its work over')
  expect(second).toMatchObject({ state: 'pending', attempts: 0 })
})

test('an event that was set aside counts as handled once the lost node comes to its end all the same', async () => {
  let end = () => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const w = await DispatchWorld.open(() => ended)
  const event = (await w.accept('a', 'a'))[0]!.id
  await settle()
  const own = new OwnParts()
  w.place = placeOf(own)
  await w.start()
  own.add(parts('a'))
  const note = { ...PLUGIN, event, certain: true }
  await w.dispatcher.take(parts('a'), () => own.admit(parts('a')), [note])
  expect(await w.rows()).toMatchObject([{ state: 'dead' }])
  end()
  await settle()
  expect(await w.rows()).toMatchObject([{ state: 'done' }])
})

test('of those that may have been it one is handled at a time, also when more of them are taken later', async () => {
  const { events, begun, ends, take } = await lost('a', 'b', 'c')
  const notes = events.map(event => ({ ...PLUGIN, event, certain: false }))
  await take(parts('a', 'b'), notes.slice(0, 2))
  await take(parts('c'), notes.slice(2))
  for (const count of [1, 2, 3]) {
    expect(begun).toHaveLength(count)
    ends[count - 1]!()
    await settle()
  }
})

test('a suspect that is given up again keeps nothing from being handled', async () => {
  const { w, events, begun, take, leave } = await lost('a', 'b', 'c')
  await w.accept('other', 'other', { plugin: 'other' })
  const notes = events.slice(0, 2).map(event => ({ ...PLUGIN, event, certain: false }))
  await take(parts('a', 'b', 'c', 'other'), [...notes, { bot: 'bot', plugin: 'other', certain: false }])
  expect(begun).toHaveLength(1)
  await leave(parts('a', 'b'))
  expect(begun.slice(1).toSorted()).toEqual(['c plugin', 'other other'])
})

test('notes are told of dead nodes alone, by the parts of their deliveries, until they are taken up', async () => {
  const w = await DispatchWorld.open(never)
  const [a, b] = [(await w.accept('a', 1))[0]!.id, (await w.accept('b', 2))[0]!.id]
  const idle = { bot: 'bot', plugin: 'idle', certain: false }
  const note = (node: string, ...all: object[]) =>
    w.store.once(noteStuck, { node, notes: JSON.stringify(all) })
  await note('dead', { ...PLUGIN, event: a, certain: false }, { ...PLUGIN, event: b, certain: false }, idle)
  await w.store.once(beat, { id: 'alive', name: 'alive', errorMs: 0 })
  await note('alive', { ...PLUGIN, event: b, certain: true })
  await note('other', { ...PLUGIN, event: b, certain: true })
  await w.store.once(forgetStuckOf, { node: 'other' })
  const notes = new StuckNotes(w.store)
  await notes.add([{ ...PLUGIN, event: a, certain: true }])
  const ofA = await notes.in(parts('a'))
  expect(ofA).toEqual([
    { node: '', ...PLUGIN, event: a, certain: true },
    { node: 'dead', ...PLUGIN, event: a, certain: false },
    { node: 'dead', ...idle, event: undefined },
  ])
  await notes.forget(ofA)
  expect(await notes.in(parts('a'))).toEqual([])
  expect((await notes.in(parts('b'))).map(({ node, event }) => [node, event])).toEqual([
    ['dead', b],
    ['dead', undefined],
  ])
})
