import * as fc from 'fast-check'
import type { Answer } from '../../../server/world.ts'
import { type Answered, type AppIndex, type Model, Refused } from '../state.ts'

/** What was asked of the server. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}
export type Ask = (app: AppIndex, asked: Asked) => Promise<Answer>

/** What the server answered, and what the model says it had to. */
export interface Outcome {
  readonly actual: unknown
  readonly expected: unknown
}

/** A step of a history: done to the server and to the model. */
export interface Command {
  readonly name: string
  run(ask: Ask, model: Model): Promise<Outcome>
}

/** Does to the model what the server did; ids that a server chooses are taken from its answer. */
export type Expect = (model: Model, answer: Answer) => Answered

/** One call, held against the model. */
export async function held(
  ask: Ask,
  model: Model,
  app: AppIndex,
  asked: Asked,
  expect: Expect,
): Promise<Outcome> {
  const answer = await ask(app, asked)
  return { actual: plain(answer), expected: expected(model, answer, expect) }
}

function expected(model: Model, answer: Answer, expect: Expect): unknown {
  try {
    const { status, body = '' } = expect(model, answer)
    return { status, body }
  } catch (reason) {
    if (reason instanceof Refused) return { status: reason.status, body: { error: reason.code } }
    throw reason
  }
}

/** An answer with the codes of its errors, without their texts. */
export const plain = ({ status, body }: Pick<Answer, 'status' | 'body'>) => ({
  status,
  body: JSON.parse(JSON.stringify(body), (key, value) => (key === 'error' ? value.code : value)),
})

/**
 * A command of one call, with arguments that can be made smaller.
 *
 * @param home the app that what it is about belongs to: mostly the one that calls
 */
export function command<Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  make: (args: Args, app: AppIndex, model: Model) => Asked & { readonly expect: Expect },
  home: (args: Args, model: Model) => AppIndex | undefined = () => undefined,
): fc.Arbitrary<Command> {
  return fc.record({ app: anyApp, strays: sometimes, args }).map(drawn =>
    shown(name, drawn, (ask, model) => {
      const { args, strays } = drawn
      const app = (strays ? undefined : home(args, model)) ?? drawn.app
      const { expect, ...asked } = make(args, app, model)
      return held(ask, model, app, asked, expect)
    }),
  )
}

const sometimes = fc.nat(7).map(n => n === 7)

/** A command that reports print with its arguments. */
export function shown(name: string, details: unknown, run: Command['run']): Command {
  return { name, run, [fc.toStringMethod]: () => `${name} ${JSON.stringify(details)}` } as Command
}

/** Most calls come from the first app, where most of the others are. */
export const anyApp: fc.Arbitrary<AppIndex> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<AppIndex>(0) },
  { weight: 1, arbitrary: fc.constant<AppIndex>(1) },
)
/** The place of an app, sometimes of one that does not exist. */
export const anyOf = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 0, 1) },
  { weight: 1, arbitrary: fc.constant(2) },
)

export const NAMES = ['anna1', 'berta', 'carl1', 'dora1', 'emil1'] as const
export const anyName = fc.oneof(
  // The first ones more often, so that calls meet what earlier ones did.
  { weight: 20, arbitrary: fc.constantFrom<string>(...NAMES.slice(0, 3)) },
  { weight: 10, arbitrary: fc.constantFrom<string>(...NAMES) },
  { weight: 1, arbitrary: fc.constant('nobody') },
)
/** For paths, where the form counts. */
export const pathName = fc.oneof(
  { weight: 40, arbitrary: anyName },
  { weight: 1, arbitrary: fc.constant('x!') },
)
export const names = (min = 1) =>
  fc.oneof(
    fc.array(anyName, { minLength: min, maxLength: 3 }),
    anyName.map(name => [name]),
  )

/** Stands for a group, room or message that there was, the newest ones, or for one there never was. */
export const anyPlace = fc.oneof(
  { weight: 20, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constant(-1) },
)
export const NEVER = 999_999_999
/** The id that a place stands for, of those given. */
export const at = (ids: readonly number[], place: number): number =>
  (place < 0 ? undefined : ids[place % Math.max(1, ids.length)]) ?? NEVER

/** The apps of the group and the room that a place stands for. */
export const groupAt = (place: number, { gids, groups }: Model): AppIndex | undefined =>
  groups.get(at(gids, place))?.app
export const roomAt = (place: number, { roomIds, rooms }: Model): AppIndex | undefined =>
  rooms.get(at(roomIds, place))?.app

export const one = encodeURIComponent
