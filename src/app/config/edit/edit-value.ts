import { AppError } from '../../../base/errors.ts'

/** What can be written into a file: what JSON knows. */
export type EditValue =
  | string
  | number
  | boolean
  | null
  | readonly EditValue[]
  | { readonly [key: string]: EditValue }

/** Deeper ones are not read. */
const DEEPEST = 60

export const isList = (value: EditValue): value is readonly EditValue[] => Array.isArray(value)

export const isMap = (value: EditValue): value is { readonly [key: string]: EditValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws AppError `config.value` for what a file cannot hold */
export function checkValue(value: unknown, depth = 0): EditValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (depth < DEEPEST && typeof value === 'object' && PLAIN.has(Object.getPrototypeOf(value))) {
    for (const inner of Object.values(value)) checkValue(inner, depth + 1)
    return value as EditValue
  }
  throw new AppError('the value cannot be written into a file', {
    code: 'config.value',
    hint: 'Take texts, numbers, true, false, null, and lists and maps of them.',
  })
}

const PLAIN = new Set<unknown>([Object.prototype, Array.prototype, null])
