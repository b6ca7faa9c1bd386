import * as fc from 'fast-check'
import { historyOf } from '../messages.ts'
import {
  type AppIndex,
  type Message,
  type Model,
  needGroup,
  needRoom,
  needUser,
  type User,
  wireTime,
} from '../state.ts'
import { checkPath } from '../users.ts'
import { type Ask, anyApp, anyPlace, at, type Command, one, pathName, shown } from './command.ts'

/** Whose history is asked for. */
export type Whose =
  | { readonly kind: 'app' }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'group' | 'chatroom'; readonly id: number }

const pathOf = (whose: Whose): string => {
  if (whose.kind === 'app') return '/messages'
  if (whose.kind === 'user') return `/users/${one(whose.name)}/messages`
  return `/${whose.kind}s/${whose.id}/messages`
}

/** Which messages belong to it; refuses what there is not. */
function scopeOf(model: Model, app: AppIndex, whose: Whose): (message: Message) => boolean {
  if (whose.kind === 'app') return message => message.app === app
  if (whose.kind === 'user') {
    checkPath(whose.name)
    const user = model.user(app, whose.name) ?? formerUser(model, app, whose.name)
    return ({ sender, target }) => sender === user || target === user
  }
  const isIn = ({ target }: Message) =>
    target.app === app &&
    (whose.kind === 'group'
      ? 'gid' in target && target.gid === whose.id
      : 'id' in target && target.id === whose.id)
  // What is gone is known by its history.
  if (!model.messages.some(message => isIn(message) && !message.isRetracted))
    if (whose.kind === 'group') needGroup(model, app, whose.id)
    else needRoom(model, app, whose.id)
  return isIn
}

/** The latest one of that name who was deleted and left messages. */
function formerUser(model: Model, app: AppIndex, name: string): User {
  const left = model.messages
    .filter(({ isRetracted }) => !isRetracted)
    .flatMap(({ sender, target }) => [sender, target])
    .filter((one): one is User => 'isAdmin' in one && one.app === app && one.name === name)
  return left.at(-1) ?? needUser(model, app, name)
}

interface Window {
  /** Seconds from now. */
  readonly begin: number
  readonly end: number
}

/** Reads all pages of a history, by cursor or by offset, and says what went wrong on the way. */
async function readAll(ask: Ask, app: AppIndex, first: string, next: Next) {
  const messages: unknown[] = []
  const totals = new Set<number>()
  for (let path: string | undefined = first; path !== undefined; ) {
    const { status, body } = await ask(app, { method: 'GET', path })
    if (status !== 200) return { status, code: body.error.code }
    if (body.count !== body.messages.length) return { wrong: 'count', body }
    messages.push(...body.messages)
    totals.add(body.total)
    path = next(body, messages.length)
  }
  return { totals: [...totals], messages }
}
type Next = (body: { cursor?: string; total: number; count: number }, read: number) => string | undefined

function expectedOf(model: Model, app: AppIndex, whose: Whose, from: number, to: number) {
  try {
    const messages = historyOf(model, scopeOf(model, app, whose), from, to)
    return { totals: [messages.length], messages }
  } catch (reason) {
    const { status, code } = reason as { status: number; code: number }
    if (code === undefined) throw reason
    return { status, code }
  }
}

/** Whole seconds, as the wire has them. */
const second = (at: number): number => Math.floor(at / 1000) * 1000

/** The history of the last days, page by page. */
export const history = (app: AppIndex, whose: Whose, window: Window, count: number): Command =>
  shown('history', { app, whose, window, count }, async (ask, model) => {
    const from = second(model.now + window.begin * 1000)
    const to = second(model.now + window.end * 1000)
    const path = `/v2${pathOf(whose)}`
    const query = new URLSearchParams({
      count: String(count),
      begin_time: wireTime(from),
      end_time: wireTime(to),
    })
    return {
      actual: await readAll(ask, app, `${path}?${query}`, ({ cursor }) =>
        cursor === undefined ? undefined : `${path}?cursor=${encodeURIComponent(cursor)}`,
      ),
      expected: expectedOf(model, app, whose, from, to),
    }
  })

/** All that is kept, by offset. */
export const oldHistory = (app: AppIndex, whose: Whose, count: number): Command =>
  shown('oldHistory', { app, whose, count }, async (ask, model) => {
    const path = (start: number) => `/v1${pathOf(whose)}?start=${start}&count=${count}`
    return {
      actual: await readAll(ask, app, path(0), ({ total }, read) => (read < total ? path(read) : undefined)),
      expected: expectedOf(model, app, whose, 0, Number.POSITIVE_INFINITY),
    }
  })

const WEEK = 7 * 86_400
const window: fc.Arbitrary<Window> = fc
  .tuple(fc.constantFrom(0, 1, 60, 180, 86_400, WEEK - 60), fc.constantFrom(0, 0, 0, 1, 60, 180))
  .map(([back, spare]) => ({ begin: -Math.max(back, spare), end: -spare }))

const drawn = fc.record({
  app: anyApp,
  name: pathName,
  place: anyPlace,
  count: fc.integer({ min: 1, max: 6 }),
})
const someone = fc.constantFrom('app', 'user', 'group', 'chatroom') as fc.Arbitrary<Whose['kind']>
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

function whoseOf(kind: Whose['kind'], { name, place }: Drawn, { gids, roomIds }: Model): Whose {
  if (kind === 'app') return { kind }
  if (kind === 'user') return { kind, name }
  return { kind, id: at(kind === 'group' ? gids : roomIds, place) }
}

export const histories = [
  fc
    .tuple(someone, drawn, window)
    .map(([kind, args, window]) =>
      shown('readHistory', { kind, ...args, window }, (ask, model) =>
        history(args.app, whoseOf(kind, args, model), window, args.count).run(ask, model),
      ),
    ),
  fc
    .tuple(fc.constantFrom<'app' | 'user'>('app', 'user'), drawn)
    .map(([kind, args]) =>
      shown('readOldHistory', { kind, ...args }, (ask, model) =>
        oldHistory(args.app, whoseOf(kind, args, model), args.count).run(ask, model),
      ),
    ),
]
