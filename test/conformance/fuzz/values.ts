import * as fc from 'fast-check'
import { named, type Parameter, type Schema } from './operations.ts'

/** What exists, so that not every call is one about nothing. */
export interface Vocabulary {
  readonly users: readonly string[]
  readonly gids: readonly number[]
  readonly roomIds: readonly number[]
  readonly msgids: readonly number[]
  readonly appKeys: readonly string[]
  readonly mediaIds: readonly string[]
  readonly cursors: readonly string[]
}

/** Values that programs stumble over. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    -0,
    1e300,
    2 ** 31,
    2 ** 53,
    2 ** 63,
    '',
    '0',
    '1',
    '-1',
    'NaN',
    'true',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '\r\n',
    ' ',
    '\u202e',
    '../../etc/passwd',
    "' or 1=1 --",
    '%00',
    '%',
    '$&',
    '群'.repeat(85),
    '🙂'.repeat(65),
    'x'.repeat(129),
    'x'.repeat(5000),
    [],
    {},
    [[]],
    [null],
    [{}],
    { length: 3 },
    { toString: 1 },
    { toJSON: 'x' },
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer(),
  fc.double(),
  fc.json({ maxDepth: 3 }).map(text => JSON.parse(text) as unknown),
)

/** Values that fit a schema, in the words of what exists. */
export class Values {
  readonly #words: Vocabulary
  readonly #made = new Map<string, fc.Arbitrary<unknown>>()

  constructor(words: Vocabulary) {
    this.#words = words
  }

  /** As it stands in a path or query. */
  text({ name, schema }: Parameter): fc.Arbitrary<string> {
    return this.of(schema, name).map(value => (typeof value === 'string' ? value : JSON.stringify(value)))
  }

  of(schema: Schema, key = ''): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) {
      const known = this.#made.get(schema.$ref)
      if (known) return known
      const made = this.of(named(schema.$ref), key)
      this.#made.set(schema.$ref, made)
      return made
    }
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return fc.oneof(...choices.map(choice => this.of(choice, key)))
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['null'])
    const usual = fc.oneof(...types.map(type => this.#typed(type, schema, key)))
    const known = this.#known(schema, key)
    return known ? fc.oneof({ weight: 5, arbitrary: known }, { weight: 1, arbitrary: usual }) : usual
  }

  #typed(type: string, schema: Schema, key: string): fc.Arbitrary<unknown> {
    const { minimum = -5, maximum = 2 ** 53 - 1, minItems = 0, maxItems = 3 } = schema
    switch (type) {
      case 'string':
        return texts(schema)
      case 'integer':
        return fc.oneof(
          fc.integer({ min: minimum, max: Math.min(maximum, minimum + 20) }),
          fc.maxSafeInteger().map(n => Math.min(maximum, Math.max(minimum, n))),
        )
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true })
      case 'boolean':
        return fc.boolean()
      case 'array':
        return fc.array(this.of(schema.items ?? {}, key), {
          minLength: minItems,
          maxLength: Math.min(maxItems, minItems + 3),
        })
      case 'object':
        return this.#object(schema)
      default:
        return fc.constant(null)
    }
  }

  #object({ properties, required = [] }: Schema): fc.Arbitrary<unknown> {
    if (!properties)
      return fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
    const model = Object.fromEntries(
      Object.entries(properties).map(([key, schema]) => [key, this.of(schema, key)]),
    )
    return fc.record(model, { requiredKeys: [...required] })
  }

  /** What exists of what a key means. */
  #known(schema: Schema, key: string): fc.Arbitrary<unknown> | undefined {
    const { users, gids, roomIds, msgids, appKeys, mediaIds, cursors } = this.#words
    const refers = schema['x-refersTo']
    if (key === 'target_id') return fc.constantFrom<unknown>(...users, ...gids.map(String), ...roomIds)
    if (refers === 'app' || key === 'target_appkey') return fc.constantFrom(...appKeys)
    if (refers === 'user' || key === 'username') return fc.constantFrom(...users)
    if (key === 'gid') return fc.constantFrom(...gids)
    if (key === 'roomId') return fc.constantFrom(...roomIds)
    if (key === 'msgid') return fc.constantFrom(...msgids)
    if (key === 'mediaId') return fc.constantFrom(...mediaIds)
    if (key === 'cursor') return fc.constantFrom(...cursors)
    if (/_time$/.test(key))
      return fc.constantFrom('2026-01-01 00:00:00', '2026-01-02 12:00:00', '2026-02-30 00:00:00')
    if (key === 'start' && schema.type === 'string')
      return fc.constantFrom('2026-01-01', '2026-01', '2026-01-01 10', '2026-13-01', '0000-00-00')
    // Ids in lists: of groups for settings, of rooms for batches.
    if (Array.isArray(schema.type) && schema.type.includes('integer') && schema.minimum === 1)
      return fc.constantFrom<unknown>(...gids, ...roomIds, ...gids.map(String))
    return undefined
  }
}

function texts({ pattern, minLength = 0, maxLength = 250 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  const short = { minLength, maxLength: Math.min(maxLength, minLength + 12) }
  return fc.oneof(
    fc.string({ ...short, unit: 'grapheme' }),
    fc.string({ ...short, unit: 'binary' }),
    fc.constantFrom('x'.repeat(maxLength), 'x'.repeat(maxLength + 1), '群'.repeat(Math.ceil(maxLength / 3))),
  )
}
