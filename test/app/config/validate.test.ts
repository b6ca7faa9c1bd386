import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readYaml, validate, validatePluginSettings } from '../../../src/app/config/index.ts'
import { written } from './files.ts'

const fileOf = (text: string) => readYaml('a.yaml', { env: {}, readFile: () => text })
const said = (text: string, schema: z.ZodType) => written(validate(fileOf(text), schema).problems ?? [])

describe('every kind of issue is put in words', () => {
  const table: readonly [schema: z.ZodType, value: string, message: string][] = [
    [z.string(), '[1]', 'must be a text (got a list)'],
    [z.string().min(2), 'x', 'must have at least 2 characters (got "x")'],
    [z.string().max(1), 'xy', 'must have at most 1 character (got "xy")'],
    [z.string().length(3), 'xy', 'must have exactly 3 characters (got "xy")'],
    [z.string().regex(/^x$/), 'y', 'must match /^x$/ (got "y")'],
    [z.url(), 'y', 'must be a URL (got "y")'],
    [z.email(), 'y', 'must be a valid email (got "y")'],
    [z.number(), 'x', 'must be a number (got "x")'],
    [z.int(), '1.5', 'must be an integer (got 1.5)'],
    [z.number().min(3), '2', 'must be at least 3 (got 2)'],
    [z.number().lt(3), '3', 'must be less than 3 (got 3)'],
    [z.number().multipleOf(5), '3', 'must be a multiple of 5 (got 3)'],
    [z.array(z.int()).min(2), '[1]', 'must have at least 2 entries (got a list)'],
    [z.enum(['a', 'b', 'c']), 'zzz', 'must be "a", "b" or "c" (got "zzz")'],
    [z.literal('a'), 'zzz', 'must be "a" (got "zzz")'],
    [z.union([z.int(), z.boolean()]), 'x', 'must be a number or true or false (got "x")'],
    [z.union([z.int(), z.boolean()], 'must be a switch'), 'x', 'must be a switch (got "x")'],
    [z.string().refine(() => false, 'must be nice'), 'x', 'must be nice (got "x")'],
    [z.string().refine(() => false), 'x', 'is not valid (got "x")'],
    [z.string(), '', 'is required\n  hint: must be a text'],
  ]
  // The schema stays out of the table of the runner, which would print all of it.
  test.each(table.map(([, value, message], index) => [value, message, index] as const))(
    '%j %s',
    (value, message, index) => {
      const [problem, ...others] = said(`v: ${value}\n`, z.strictObject({ v: table[index]![0] }))
      expect(problem).toMatch(/^a\.yaml:1:\d {2}v: /)
      expect(problem?.replace(/^.*? {2}v: /, '')).toBe(message)
      expect(others).toEqual([])
    },
  )
})

describe('unions', () => {
  const trigger = z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('cron'), at: z.string() }),
    z.strictObject({ type: z.literal('every'), ms: z.int() }),
  ])
  const plain = z.union([
    z.strictObject({ type: z.literal('cron'), at: z.string() }),
    z.strictObject({ type: z.literal('every'), ms: z.int() }),
  ])

  test.each([
    ['discriminated', trigger],
    ['plain', plain],
  ])('%s: the branch that was meant speaks', (_, schema) => {
    expect(said('type: every\nms: soon\n', schema)).toEqual(['a.yaml:2:5  ms: must be a number (got "soon")'])
  })

  test('an unknown branch lists the known ones', () => {
    expect(said('type: evry\n', trigger)).toEqual([
      'a.yaml:1:7  type: must be "cron" or "every" (got "evry")\n  hint: did you mean "every"?',
    ])
  })

  test('keys of branches are known keys', () => {
    expect(said('type: cron\naat: x\nat: y\n', plain)).toEqual([
      'a.yaml:2:1  aat: is not a known key\n  hint: did you mean "at"?',
    ])
  })
})

describe('what was meant', () => {
  test('nothing after a colon takes the default, or null where the schema has a use for it', () => {
    const schema = z.strictObject({
      a: z.string().default('x'),
      b: z.int().nullable(),
      c: z.int().optional(),
    })
    expect(validate(fileOf('a:\nb:\nc: ~\n'), schema).value).toEqual({ a: 'x', b: null })
  })

  test('what is not quoted is a text where a text is wanted', () => {
    const schema = z.strictObject({
      a: z.string(),
      b: z.array(z.string()),
      c: z.union([z.literal(5), z.string()]),
    })
    const { value } = validate(fileOf('a: 1.50\nb: [0x10, true]\nc: 007\n'), schema)
    expect(value).toEqual({ a: '1.50', b: ['0x10', 'true'], c: '007' })
  })

  test('the values of the file stay as they are', () => {
    const file = fileOf('a: { b: 1 }\n')
    validate(file, z.strictObject({ a: z.strictObject({ b: z.string() }) }))
    expect(file.value).toEqual({ a: { b: 1 } })
  })
})

test('a part of a file is judged with its places in the file', () => {
  const checked = validate(fileOf('a:\n  b: [1, x]\n'), z.array(z.int()), ['a', 'b'])
  expect(written(checked.problems ?? [])).toEqual(['a.yaml:2:10  a.b[1]: must be a number (got "x")'])
})

describe('settings of plugins', () => {
  const at = ['plugins', 'greeter']
  const file = fileOf('plugins:\n  greeter:\n    use: hello\n    txt: Hi\n    times: x\n')
  const schema = z.object({ text: z.string().default('Hello'), times: z.int().default(1) })

  test('have their places in the file, and unknown keys are told although the schema is not strict', () => {
    const { problems } = validatePluginSettings(file, at, schema, { txt: 'Hi', times: 'x' })
    expect(written(problems ?? [])).toEqual([
      'a.yaml:4:5  plugins.greeter.txt: is not a known key\n  hint: did you mean "text"?',
      'a.yaml:5:12  plugins.greeter.times: must be a number (got "x")',
    ])
  })

  test('a missing one is told where the instance is', () => {
    const { problems } = validatePluginSettings(file, at, z.object({ room: z.int() }), {})
    expect(written(problems ?? [])).toEqual([
      'a.yaml:2:3  plugins.greeter.room: is required\n  hint: must be a number',
    ])
  })

  test('nothing is as good as an empty map', () => {
    expect(validatePluginSettings(file, at, schema, null).value).toEqual({ text: 'Hello', times: 1 })
  })

  test('a loose schema takes any key', () => {
    expect(validatePluginSettings(file, at, z.looseObject({}), { x: 1 }).value).toEqual({ x: 1 })
  })

  test('a lazy schema that holds itself is followed', () => {
    const node: z.ZodType = z.lazy(() => z.strictObject({ name: z.string(), child: node.optional() }))
    const text = 'child: { name: a, child: { nme: b, name: c } }\nname: d\n'
    expect(said(text, node)).toEqual([
      'a.yaml:1:28  child.child.nme: is not a known key\n  hint: did you mean "name"?',
    ])
  })
})
