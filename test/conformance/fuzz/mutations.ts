import * as fc from 'fast-check'
import { junk } from './values.ts'

/** Keys that mean something to JavaScript, or to nobody. */
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
  '',
  '\0',
  'x',
]

/** A change somewhere in a value: which way to go at each level, what to do there, and with what. */
interface Change {
  readonly way: readonly number[]
  readonly kind: 'replace' | 'delete' | 'add' | 'wrap' | 'nest' | 'repeat'
  readonly key: string
  readonly value: unknown
  readonly times: number
}

const change: fc.Arbitrary<Change> = fc.record({
  way: fc.array(fc.nat(5), { maxLength: 4 }),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'add', 'wrap', 'nest', 'repeat'),
  key: fc.constantFrom(...ODD_KEYS),
  value: junk,
  times: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(2, 3, 101) },
    { weight: 2, arbitrary: fc.constantFrom(501, 3001) },
    { weight: 1, arbitrary: fc.constantFrom(20_000, 20_001) },
  ),
})

/** A value with some changes made to it. */
export const changed = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([value, changes]) => changes.reduce(apply, value))

function apply(value: unknown, { way, ...change }: Change): unknown {
  const [step, ...rest] = way
  if (step !== undefined && typeof value === 'object' && value !== null) {
    const keys = Object.keys(value)
    const key = keys[step % Math.max(1, keys.length)]
    if (key !== undefined) {
      const inner = apply((value as Record<string, unknown>)[key], { way: rest, ...change })
      return with_(value, key, inner)
    }
  }
  return changeHere(value, change)
}

function changeHere(value: unknown, { kind, key, value: given, times }: Omit<Change, 'way'>): unknown {
  switch (kind) {
    case 'replace':
      return given
    case 'delete':
      return undefined
    case 'add':
      return typeof value === 'object' && value !== null ? with_(value, key, given) : { [key]: given }
    case 'wrap':
      return [value]
    case 'nest':
      return `${DEEP}${times}`
    case 'repeat': {
      const most = Math.ceil(LONGEST / ((JSON.stringify(value)?.length ?? 0) + 1))
      const count = Math.min(times, most)
      if (typeof value === 'string') return value.repeat(count)
      return Array.isArray(value)
        ? Array.from({ length: count }, (_, i) => value[i % value.length])
        : Array(count).fill(value)
    }
  }
}

/** More than a body may be. */
const LONGEST = 1_500_000

/** A copy with a key of its own, whatever its name. */
function with_(value: object, key: string, inner: unknown): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value.with(Number(key), inner) : [...value, inner]
  const copy = { ...value }
  Object.defineProperty(copy, key, { value: inner, enumerable: true, configurable: true, writable: true })
  return copy
}

/** Stands for a value that is nested too deep to be written in the usual way. */
const DEEP = 'nested to '

/** JSON of a value. */
export function written(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(new RegExp(`"${DEEP}(\\d+)"`, 'g'), (_, depth: string) => {
    const levels = Number(depth)
    return levels % 2 === 0
      ? `${'{"x":'.repeat(levels)}1${'}'.repeat(levels)}`
      : `${'['.repeat(levels)}${']'.repeat(levels)}`
  })
}

/** What happens to a text on its way: to its characters, or to the bytes they become. */
export const garbled = (text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(text, fc.nat()).map(([t, at]) => cut(t, at)) },
    {
      weight: 2,
      arbitrary: fc.tuple(text, fc.nat(), invalid).map(([t, at, bytes]) => inserted(t, at, bytes)),
    },
    { weight: 2, arbitrary: fc.tuple(text, junk).map(([t, value]) => twice(t, value)) },
    { weight: 1, arbitrary: text.map(t => Buffer.from(`\ufeff${t}`)) },
    { weight: 1, arbitrary: text.map(t => Buffer.from(t, 'utf16le')) },
    { weight: 1, arbitrary: fc.tuple(text, numbers).map(([t, n]) => Buffer.from(t.replace(/\d+/, n))) },
    { weight: 1, arbitrary: fc.tuple(text, text).map(([a, b]) => Buffer.from(a + b)) },
    { weight: 1, arbitrary: fc.constantFrom(...TEXTS).map(t => Buffer.from(t)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)) },
  )

const invalid = fc.constantFrom(
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0],
  [0xe7],
)
const numbers = fc.constantFrom(
  '1e400',
  '-1e400',
  '99999999999999999999999',
  '0x10',
  '01',
  '1.',
  '-0',
  '1e-400',
  'NaN',
)
const TEXTS = [
  '',
  ' ',
  'null',
  'undefined',
  '"',
  '"\\u0000"',
  '"\\ud800"',
  '[,]',
  '{"a":1,}',
  "{'a':1}",
  '{"a":1}//',
  'anna1',
  'a=1&b=2',
  '{"username":"alice","username":null}',
  '{"__proto__":{"username":"alice","password":"secret"}}',
  '[{"__proto__":null,"username":"alice1","password":"secret"}]',
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"x":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
]

const cut = (text: string, at: number): Buffer => {
  const bytes = Buffer.from(text)
  return bytes.subarray(0, at % (bytes.length + 1))
}

function inserted(text: string, at: number, bytes: readonly number[]): Buffer {
  const all = Buffer.from(text)
  const place = at % (all.length + 1)
  return Buffer.concat([all.subarray(0, place), Buffer.from(bytes), all.subarray(place)])
}

/** The first key of an object once more, with another value. */
const twice = (text: string, value: unknown): Buffer =>
  Buffer.from(
    text.replace(/\{("(?:[^"\\]|\\.)*":)/, (all, key: string) => `{${key}${written(value)},${all.slice(1)}`),
  )
