import * as fc from 'fast-check'
import { basic } from '../../server/world.ts'
import { changed, garbled, written } from './mutations.ts'
import { type Operation, operations } from './operations.ts'
import { junk, type Values } from './values.ts'

/** A request as it is sent. */
export interface Sent {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | undefined
  /** The body comes in pieces, with no length before it; a `broken` one ends in the middle. */
  readonly way?: 'whole' | 'pieces' | 'broken'
  /** What it is a call of, as far as it is one. */
  readonly operation?: Operation | undefined
}

export interface Keys {
  readonly appKey: string
  readonly masterSecret: string
}

const odd = junk.map(value => (typeof value === 'string' ? value : written(value)))
const mostly = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: other })

/** Without half characters, which addresses cannot have. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

/** As programs encode a part of an address, and as they should not. */
const encoded = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  mostly(
    text.map(value => encodeURIComponent(wellFormed(value))),
    fc.oneof(
      text,
      text.map(value => encodeURI(wellFormed(value))),
      text.map(value => Buffer.from(value).toString('hex').replace(/../g, '%$&')),
      fc.constantFrom('%', '%zz', '%c0%ae', '%00', '%2F', '%2e%2e', '..', '.', '+', '%20', '%ff', '%u0041'),
    ),
    20,
  )

function pathOf(operation: Operation, values: Values): fc.Arbitrary<string> {
  const parameters = operation.parameters.filter(parameter => parameter.in === 'path')
  const parts = parameters.map(parameter => encoded(mostly(values.text(parameter), odd, 15)))
  return fc.tuple(...parts).map(texts =>
    // A function, so that dollar signs stay what they are.
    parameters.reduce((path, { name }, i) => path.replace(`{${name}}`, () => texts[i]!), operation.path),
  )
}

function queryOf(operation: Operation, values: Values): fc.Arbitrary<string> {
  const parameters = operation.parameters.filter(parameter => parameter.in === 'query')
  const pairs = parameters.map(parameter =>
    fc
      .tuple(encoded(mostly(values.text(parameter), odd)), fc.nat(9))
      .map(([value, fate]) => pair(parameter.name, value, parameter.required ? fate + 5 : fate)),
  )
  const extra = mostly(
    fc.constant([] as string[]),
    fc.array(
      fc.constantFrom('status', 'start', 'count', '__proto__', 'a[]', '', 'disable').map(key => `${key}=x`),
      { maxLength: 2 },
    ),
  )
  return fc.tuple(fc.tuple(...pairs), extra).map(([known, more]) => {
    const all = [...known.flat(), ...more]
    return all.length > 0 ? `?${all.join('&')}` : ''
  })
}

const pair = (name: string, value: string, fate: number): string[] => {
  if (fate < 4) return []
  return fate === 9 ? [`${name}=${value}`, `${name}=1`] : [`${name}=${value}`]
}

/** An address with something wrong in it. */
const bent = (target: string, how: number): string => {
  const ways: ((text: string) => string)[] = [
    text => `/${text}`,
    text => text.replace('/v', '//v'),
    text => text.replace('?', '/?'),
    text => `${text}/`,
    text => text.toUpperCase(),
    text => text.replace(/\/v\d/, ''),
    text => text.replace('/v1', '/v2'),
    text => `${text}/x`,
    text => text.slice(0, text.lastIndexOf('/')) || '/',
    text => text.replace(/\//g, '%2F'),
    text => text.replace('/', '/./'),
    text => text.replace('/', '/x/../'),
    text => `${text}#x`,
    text => `${text};x=1`,
    text => text + '/x'.repeat(2000),
    text => `${text}?${'a=b&'.repeat(2000)}`,
    text => text.replace('?', '?&&=&'),
    text => text.replaceAll('=', '%3D'),
  ]
  return ways[how % ways.length]!(target)
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND', 'get', 'X']

/** Headers that are no one's business, or that lie. */
const strange: fc.Arbitrary<readonly [string, string]> = fc.constantFrom(
  ['content-type', 'application/json;charset:utf-8'],
  ['content-type', 'multipart/form-data'],
  ['content-type', 'multipart/form-data; boundary='],
  ['content-type', '\u00ff'],
  ['content-type', 'text/plain; charset=utf-16'],
  ['accept', 'text/html'],
  ['accept-encoding', 'gzip;q=nonsense, *'],
  ['content-encoding', 'gzip'],
  ['x-http-method-override', 'DELETE'],
  ['origin', 'https://evil.example'],
  ['origin', 'null'],
  ['range', 'bytes=0-'],
  ['if-none-match', '*'],
  ['expect', '200-ok'],
  ['cookie', 'a'.repeat(4000)],
  ['x-forwarded-for', '::1'],
  ['host', 'evil.example'],
)

const authorization = (keys: Keys): fc.Arbitrary<string | undefined> => {
  const right = basic(keys)
  return mostly(
    fc.constant<string | undefined>(right),
    fc.constantFrom(
      undefined,
      '',
      'Basic',
      'Basic ',
      'Basic !!!!',
      'Bearer x',
      right.toLowerCase(),
      right.replace('Basic', 'basic'),
      `${right} `,
      right.slice(0, -3),
      `Basic ${Buffer.from(keys.appKey).toString('base64')}`,
      `Basic ${Buffer.from(`${keys.appKey}:\u0000`).toString('base64')}`,
      `Basic ${Buffer.from(':'.repeat(500)).toString('base64')}`,
      `Basic ${'A'.repeat(8000)}`,
    ),
    60,
  )
}

/** The body of a call: as it should be, with changes, or garbled. */
function bodyOf({ body }: Operation, values: Values): fc.Arbitrary<Buffer | undefined> {
  const usual = body ? values.of(body) : fc.constant<unknown>(undefined)
  const text = usual.map(written)
  const none = fc.constant(undefined)
  if (!body)
    return fc.oneof<fc.Arbitrary<Buffer | undefined>[]>(
      none,
      none,
      odd.map(value => Buffer.from(value)),
    )
  return fc.oneof<fc.WeightedArbitrary<Buffer | undefined>[]>(
    { weight: 6, arbitrary: text.map(value => Buffer.from(value)) },
    { weight: 8, arbitrary: changed(usual).map(value => Buffer.from(written(value))) },
    { weight: 3, arbitrary: garbled(text) },
    { weight: 1, arbitrary: none },
  )
}

/** What deletes users, groups and rooms comes seldom, as little is left to talk about then; what makes them, often. */
function weightOf({ method, path }: Operation): number {
  if (method === 'DELETE' && /^\/v1\/(users|groups|chatroom)(\/\{\w+\})?$/.test(path)) return 1
  return method === 'POST' && /^\/v1\/(users|groups|chatroom|messages)$/.test(path) ? 40 : 10
}

/** Any call of the API, well-formed or not. */
export function anyCall(values: Values, keys: readonly Keys[]): fc.Arbitrary<Sent> {
  return fc.oneof(
    ...operations.map(operation => ({
      weight: weightOf(operation),
      arbitrary: callOf(operation, values, keys),
    })),
  )
}

function callOf(operation: Operation, values: Values, keys: readonly Keys[]): fc.Arbitrary<Sent> {
  return fc
    .record({
      path: pathOf(operation, values),
      query: queryOf(operation, values),
      bend: mostly(fc.constant(-1), fc.nat(40), 25),
      method: mostly(fc.constant(operation.method), fc.constantFrom(...METHODS), 25),
      auth: fc.oneof(...keys.map(authorization)),
      body: bodyOf(operation, values),
      way: mostly(fc.constant('whole' as const), fc.constantFrom('pieces' as const, 'broken' as const)),
      more: mostly<(readonly [string, string])[]>(fc.constant([]), fc.array(strange, { maxLength: 3 })),
    })
    .map(({ path, query, bend, method, auth, body, way, more }) => {
      const target = path + query
      const isItself = bend < 0 && method === operation.method && PLAIN_PATH.test(path)
      return {
        method,
        target: bend < 0 ? target : bent(target, bend),
        headers: [...(auth === undefined ? [] : [['authorization', auth] as const]), ...more],
        body,
        way,
        operation: isItself ? operation : undefined,
      }
    })
}

/** Nothing in it that could make it the path of another call. */
const PLAIN_PATH = /^(\/[\w@-]+)+$/
