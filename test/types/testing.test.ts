import { type Conversation, type Person, type World, world } from 'beadle/testing'
import { expect, expectTypeOf, test } from 'vitest'

test('the people of the usual town are known by name', async () => {
  await using w = await world()
  expectTypeOf(w.alice).toEqualTypeOf<Person>()
  expectTypeOf(w.people.dave).toEqualTypeOf<Person>()
  expectTypeOf(w.place('square')).toEqualTypeOf<Conversation>()
  // @ts-expect-error nobody of this name lives there
  expect(w.zoey).toBeUndefined()
  // @ts-expect-error nor under people
  expect(w.people.zoey).toBeUndefined()
  // @ts-expect-error it has no market
  expect(() => w.place('market')).toThrow()
})

test('people and places that are named are known, and no others', async () => {
  await using w = await world({ users: ['zoey', 'alice'], groups: ['market'], rooms: ['bar'] })
  expectTypeOf(w.people.zoey).toEqualTypeOf<Person>()
  expectTypeOf(w.alice).toEqualTypeOf<Person>()
  expectTypeOf(w.place('bar')).toEqualTypeOf<Conversation>()
  // @ts-expect-error bobby does not live there
  expect(w.people.bobby).toBeUndefined()
  // @ts-expect-error nor is he at hand
  expect(w.bobby).toBeUndefined()
  // @ts-expect-error who is asked for by name has to be there, too
  expect(() => w.person('bobby')).toThrow()
  // @ts-expect-error the square is of another town
  expect(() => w.place('square')).toThrow()
})

test('names that only the program knows are not checked by the compiler', async () => {
  const users: readonly string[] = ['zoey', 'yusuf']
  await using w = await world({ users })
  expectTypeOf(w.people.zoey).toEqualTypeOf<Person | undefined>()
  expectTypeOf(w.person('yusuf')).toEqualTypeOf<Person>()
  // @ts-expect-error whether alice lives there is not known
  expect(w.alice).toBeUndefined()
})

test('any world will do where its people do not matter', async () => {
  const clockOf = (w: World) => w.clock.now()
  await using w = await world({ users: ['zoey'] })
  await using usual = await world()
  expect(clockOf(w)).toBe(clockOf(usual))
  // @ts-expect-error a message has no such field
  await expect(w.group.expect({ text: 'hello' })).rejects.toThrow()
})
