import type { CallRecord } from '../events/record.ts'

/** A value in the arguments that is another now. */
export interface Change {
  /** `body.msg_body.text` */
  readonly path: string
  /** `undefined` where there was none, or is none. */
  readonly was: unknown
  readonly is: unknown
}

/** How a call that would be made differs from what was recorded. */
export type Difference =
  | { readonly kind: 'same' | 'new' | 'missing'; readonly call: CallRecord }
  | { readonly kind: 'changed'; readonly call: CallRecord; readonly changes: readonly Change[] }

/** Compares recorded calls with those that would be made now: known by their keys, in the order of now. */
export function compare(recorded: readonly CallRecord[], made: readonly CallRecord[]): Difference[] {
  const before = new Map(recorded.map(call => [call.key, call]))
  const now = made.map((call): Difference => {
    const former = before.get(call.key)
    if (!former) return { kind: 'new', call }
    before.delete(call.key)
    const changes = changesIn(former.args, call.args)
    return changes.length === 0 ? { kind: 'same', call } : { kind: 'changed', call, changes }
  })
  return [...now, ...[...before.values()].map((call): Difference => ({ kind: 'missing', call }))]
}

function changesIn(was: unknown, is: unknown, path = ''): Change[] {
  if (!isObject(was) || !isObject(is) || Array.isArray(was) !== Array.isArray(is))
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path, was, is }]
  const keys = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...keys].flatMap(key => changesIn(was[key], is[key], path === '' ? key : `${path}.${key}`))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
