import { z } from 'zod'
import type { FieldPath } from '../field-path.ts'
import { asWritten } from '../json-schema/as-written.ts'
import { ofZod } from '../json-schema/of-zod.ts'

/** A setting, as a schema knows it. */
export interface Leaf {
  readonly path: FieldPath
  /** As it is written; `undefined` where nothing is. */
  readonly given: unknown
  /** What holds if nothing is written, as it would be written; `undefined` where that is nothing, or depends. */
  readonly usual: unknown
}

type Schema = z.core.$ZodTypes
/** A schema that leads back to itself ends somewhere. */
const DEEPEST = 32

/** Every setting that a schema knows or a value gives, in the order of the schema. */
export function leavesOf(schema: z.core.$ZodType, value: unknown, path: FieldPath = []): Leaf[] {
  const { inner, prefault } = peeled(schema)
  const { def } = inner
  const given = value ?? undefined
  const filled = given ?? prefault
  if (path.length > DEEPEST) return [leaf(schema, given, path)]
  switch (def.type) {
    case 'object':
      return filled === undefined || !isMap(filled) ? [leaf(schema, given, path)] : ofMap(def, filled, path)
    case 'record':
      if (!isMap(given) || Object.keys(given).length === 0) break
      return Object.entries(given).flatMap(([key, one]) => leavesOf(def.valueType, one, [...path, key]))
    case 'array':
      // Of plain values a list is read best as one.
      if (!Array.isArray(given) || !given.some(item => isMap(item))) break
      return given.flatMap((item, at) => leavesOf(def.element, item, [...path, at]))
    case 'union': {
      const option = isMap(given) && def.options.find(one => (one as z.ZodType).safeParse(given).success)
      if (option) return leavesOf(option, given, path)
      break
    }
  }
  return isMap(given) && Object.keys(given).length > 0
    ? Object.entries(given).map(([key, one]) => leaf(undefined, one, [...path, key]))
    : [leaf(schema, given, path)]
}

function ofMap(def: z.core.$ZodObjectDef, value: Readonly<Record<string, unknown>>, path: FieldPath): Leaf[] {
  const { shape, catchall } = def
  const known = Object.entries(shape).flatMap(([key, one]) => leavesOf(one, value[key], [...path, key]))
  const others = Object.entries(value).filter(([key]) => !Object.hasOwn(shape, key))
  return [...known, ...others.flatMap(([key, one]) => leavesOf(catchall ?? z.unknown(), one, [...path, key]))]
}

function leaf(schema: z.core.$ZodType | undefined, given: unknown, path: FieldPath): Leaf {
  const usual = schema && given === undefined ? asWritten(ofZod(schema as z.ZodType)).default : undefined
  return { path, given, usual }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema that decides, without wrappers around it; and what is taken where nothing is given. */
function peeled(schema: z.core.$ZodType): { readonly inner: Schema['_zod']; readonly prefault: unknown } {
  let prefault: unknown
  let known = schema as Schema
  for (let depth = 0; depth < DEEPEST; depth++) {
    const { def } = known._zod
    switch (def.type) {
      case 'prefault':
      case 'default':
        prefault ??= def.defaultValue
        known = def.innerType as Schema
        continue
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'readonly':
      case 'catch':
        known = def.innerType as Schema
        continue
      case 'lazy':
        known = def.getter() as Schema
        continue
      case 'pipe':
        known = ((def.in as Schema)._zod.def.type === 'transform' ? def.out : def.in) as Schema
        continue
    }
    break
  }
  return { inner: known._zod, prefault }
}
