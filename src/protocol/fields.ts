import { z } from 'zod'
import { hasHalves } from '../base/half-characters.ts'

/** Length of a text as JMessage counts it: bytes of its UTF-8 form (IM REST API, "Limits of character length"). */
export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8')

/** Any string of `min` to `max` bytes of UTF-8, both inclusive. The limits are kept as metadata for documents and tests. */
export const anyText = (min: number, max: number) =>
  z
    .string('must be a string')
    .refine(value => {
      // A UTF-16 unit is one to three bytes, so most strings are decided without encoding them.
      const units = value.length
      if (units * 3 <= max && units >= min) return true
      const size = byteLength(value)
      return size >= min && size <= max
    }, `must be ${min} to ${max} bytes of UTF-8`)
    .meta({ minBytes: min, maxBytes: max })

/** As {@link anyText}, without what databases do not keep: NUL, and halves of characters. */
export const text = (min: number, max: number) =>
  anyText(min, max)
    .refine(value => !value.includes('\0'), 'must not contain a NUL character')
    .refine(value => !hasHalves(value), 'must not contain half of a character')
    .meta({ minBytes: min, maxBytes: max })

/** As {@link text}, on one line: LF and CR are refused. */
export const line = (min: number, max: number) =>
  text(min, max)
    .refine(value => !/[\r\n]/.test(value), 'must not contain a line break')
    .meta({ minBytes: min, maxBytes: max })

/** A username that may be registered: 4 to 128 bytes, first a letter or digit, then letters, digits, `_ . - @`. */
export const Username = z
  .string('must be a string')
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.@-]{3,127}$/,
    'must be 4 to 128 characters: first a letter or digit, then letters, digits, _ . - @',
  )
  .meta({ minBytes: 4, maxBytes: 128, format: 'username' })

/** A username that has to exist; its form is not checked, as the document's own samples break the rules. */
export const UserRef = z
  .string('must be a username')
  .min(1, 'must be a username')
  .max(128, 'must be a username of at most 128 characters')
  .refine(value => !value.includes('\0') && !hasHalves(value), 'must be a username')
  .meta({ refersTo: 'user' })

/** A positive integer id, as a number or as a string of digits. */
export const Id = z
  .union(
    [
      z.int().positive(),
      z
        .string()
        .regex(/^[1-9]\d{0,15}$/)
        .transform(Number),
    ],
    'must be a positive integer',
  )
  .refine(Number.isSafeInteger, 'must be a positive integer')
  .meta({ format: 'id' })

/** `true` or `false` in any letter case, or 1 or 0, as queries carry them. */
export const Flag = z
  .union(
    [
      z.boolean(),
      z.stringFormat('flag', /^(true|false|1|0)$/i).transform(value => /^(true|1)$/i.test(value)),
      z.literal([0, 1]).transform(value => value === 1),
    ],
    'must be true or false',
  )
  .meta({ format: 'flag' })

/** A switch of a query: 0 or 1. */
export const Switch = z
  .union(
    [z.literal([0, 1]), z.literal(['0', '1']).transform(value => Number(value) as 0 | 1)],
    'must be 0 or 1',
  )
  .meta({ format: 'switch' })

/** An integer of a query within `min` and `max`. */
export const integer = (min: number, max: number) =>
  z
    .union(
      [
        z.int(),
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
      ],
      `must be an integer from ${min} to ${max}`,
    )
    .refine(value => value >= min && value <= max, `must be an integer from ${min} to ${max}`)
    .meta({ minimum: min, maximum: max })

/** A JSON object; an empty array is taken as an empty object (PHP sends `[]` for empty maps). */
export const JsonObject = z.union(
  [
    z.record(z.string(), z.unknown()),
    z
      .array(z.unknown())
      .length(0)
      .transform((): Record<string, unknown> => ({})),
  ],
  'must be a JSON object',
)

/** Length of the compact JSON text of a value; of one that is nested too deep to be written, more than any limit. */
export function jsonLength(value: unknown): number {
  try {
    return byteLength(JSON.stringify(value))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** A JSON object whose compact text is at most `max` bytes of UTF-8. */
export const jsonObject = (max: number) =>
  JsonObject.refine(value => jsonLength(value) <= max, `must be at most ${max} bytes of JSON`).meta({
    maxBytes: max,
  })

/** A list of names that have to exist. */
export const users = (max: number) =>
  z
    .array(UserRef, 'must be an array of usernames')
    .min(1, 'must name at least one user')
    .max(max, `must name at most ${max} users`)

/** `start` and `count` of a paged list; an absent count means `usual`. */
export const page = (max: number, usual = max) => ({
  start: integer(0, Number.MAX_SAFE_INTEGER).default(0).describe('zero-based offset of the first record'),
  count: integer(1, max).default(usual).describe('page size'),
})

/** A list of 1 to `max` items; one item by itself is taken for a list of one. */
export const listOf = <T extends z.ZodType>(item: T, max: number) =>
  z.preprocess(
    value => (typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : value),
    z
      .array(item, 'must be an array of objects')
      .min(1, 'must hold at least one item')
      .max(max, `must hold at most ${max} items`),
  ) as unknown as z.ZodType<z.output<T>[], z.input<T> | z.input<T>[]>

/** The appKey of an app of the same account. Blanks around it are dropped: the document's own example has one. */
export const AppKey = z
  .string('must be an appKey')
  .trim()
  .min(1, 'must be an appKey')
  .meta({ refersTo: 'app' })

/** `add` and `remove` lists of a settings call. */
export const changes = <T extends z.ZodType>(item: T, max = 500) =>
  z.object({
    add: z.array(item, 'must be an array').max(max, `must hold at most ${max} items`).nullish(),
    remove: z.array(item, 'must be an array').max(max, `must hold at most ${max} items`).nullish(),
  })

/** Whether {@link changes} asks for anything: an empty list beside a filled one is passed over. */
export const changesSomething = (body: {
  readonly add?: readonly unknown[] | null | undefined
  readonly remove?: readonly unknown[] | null | undefined
}): boolean => (body.add?.length ?? 0) + (body.remove?.length ?? 0) > 0
export const CHANGES_NOTHING = 'must hold at least one of add, remove'
