import * as fc from 'fast-check'
import { retract, type Sending, send } from '../messages.ts'
import { type AppIndex, appKeyOf, KEYS, type Model } from '../state.ts'
import * as words from '../words.ts'
import {
  anyName,
  anyOf,
  anyPlace,
  at,
  command,
  groupAt,
  NAMES,
  NEVER,
  one,
  pathName,
  roomAt,
  shown,
} from './command.ts'

const WORDS = ['bad', 'BAD', '坏', 'ab'] as const
const anyWord = fc.constantFrom<string>(...WORDS)

const sending = fc.record(
  {
    as: fc.constantFrom('admin', 'admin', 'user', 'sandbox', 'sandbox') as fc.Arbitrary<Sending['as']>,
    from: fc.oneof(anyName, fc.constant<string>(NAMES[0])),
    fromName: fc.constant('Sender'),
    // Mostly the right one.
    of: fc.option(anyOf, { nil: 'right' as const, freq: 2 }),
    type: fc.constantFrom('single', 'group', 'group', 'chatroom') as fc.Arbitrary<Sending['type']>,
    name: anyName,
    place: anyPlace,
    kind: fc.constantFrom('text', 'text', 'text', 'custom') as fc.Arbitrary<Sending['kind']>,
    text: fc.constantFrom('hello', 'a bad word', '很坏', 'cab'),
  },
  { requiredKeys: ['as', 'from', 'of', 'type', 'name', 'place', 'kind', 'text'] },
)
type Drawn = typeof sending extends fc.Arbitrary<infer T> ? T : never

/** The target, and the app to name with it. */
function targetOf({ type, name, place, of }: Drawn, app: AppIndex, model: Model) {
  const rightOf = (home: AppIndex | undefined) => (home === app ? undefined : home)
  if (type === 'single') return { target: name, of: of === 'right' ? undefined : of }
  const isGroup = type === 'group'
  const home = isGroup ? groupAt(place, model) : roomAt(place, model)
  const target = String(at(isGroup ? model.gids : model.roomIds, place))
  return { target, of: of === 'right' ? rightOf(home) : of }
}

const bodyOf = (message: Sending) => ({
  version: 1,
  target_type: message.type,
  target_id: message.target,
  ...(message.of === undefined ? {} : { target_appkey: appKeyOf(message.of) }),
  ...(message.as === 'sandbox' ? {} : { from_type: message.as }),
  from_id: message.from,
  ...(message.fromName === undefined ? {} : { from_name: message.fromName }),
  msg_type: message.kind,
  msg_body: { text: message.text },
})

export const sends = [
  command('send', sending, (drawn, app, known) => {
    const { name: _, place: __, ...rest } = drawn
    const message: Sending = { ...rest, ...targetOf(drawn, app, known) }
    return {
      method: 'POST',
      path: rest.as === 'sandbox' ? `/sandbox/apps/${KEYS[app].appKey}/messages` : '/v1/messages',
      body: bodyOf(message),
      expect: (model, { body }) => send(model, app, message, body.msg_id),
    }
  }),
]

export const retractions = [
  command(
    'retract',
    fc.record({
      place: anyPlace,
      name: fc.option(pathName, { nil: undefined, freq: 3 }),
    }),
    ({ place, name }, app, { messages }) => {
      const ids = messages.filter(message => message.app === app).map(({ msgid }) => msgid)
      const msgid = at((ids.length > 0 ? ids : messages.map(message => message.msgid)).slice(-3), place)
      const sender = messages.find(message => message.msgid === msgid)?.record.from_id
      // Mostly its sender; else anybody.
      const username = name ?? sender ?? 'nobody'
      return {
        method: 'POST',
        path: `/v1/messages/${one(username)}/${msgid}/retract`,
        expect: model => retract(model, app, username, msgid === NEVER ? 0 : msgid),
      }
    },
  ),
]

const DAY = 86_400_000
export const moments = [
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(1, 999, 1000, 60_000) },
      { weight: 2, arbitrary: fc.constantFrom(179_999, 180_000, 180_001) },
      { weight: 1, arbitrary: fc.constantFrom(DAY, 7 * DAY, 53 * DAY) },
    )
    .map(ms =>
      shown('wait', { ms }, async (ask, model) => {
        const body = { advance_ms: ms }
        const answer = await ask(0, { method: 'POST', path: '/sandbox/clock', body })
        model.now += ms
        return { actual: answer.body, expected: { now: model.now } }
      }),
    ),
]

export const forWords = [
  command('addWords', fc.array(anyWord, { maxLength: 3 }), (args, app) => ({
    method: 'POST',
    path: '/v1/sensitiveword',
    body: args,
    expect: model => words.add(model, app, args),
  })),
  command(
    'replaceWord',
    fc.record({ old_word: anyWord, new_word: fc.oneof(anyWord, fc.constant('12345678901')) }),
    (args, app) => ({
      method: 'PUT',
      path: '/v1/sensitiveword',
      body: args,
      expect: model => words.replace(model, app, args.old_word, args.new_word),
    }),
  ),
  command('removeWords', fc.array(anyWord, { minLength: 1, maxLength: 2 }), (args, app) => ({
    method: 'DELETE',
    path: '/v1/sensitiveword',
    body: args.length === 1 ? { word: args[0] } : args,
    expect: model => words.remove(model, app, args),
  })),
]

export const switches = [
  command('filterWords', fc.constantFrom(0, 1, 1), (status, app) => ({
    method: 'PUT',
    path: `/v1/sensitiveword/status?status=${status}`,
    expect: ({ apps }) => {
      apps[app].isFiltering = status === 1
      return { status: 204 }
    },
  })),
  command('openToSdks', fc.constantFrom(0, 1), (status, app) => ({
    method: 'PUT',
    path: `/sdkregister/status?status=${status}`,
    expect: ({ apps }) => {
      apps[app].isOpenToSdks = status === 1
      return { status: 204 }
    },
  })),
]
