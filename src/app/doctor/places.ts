import { type FieldPath, fieldName } from '../config/field-path.ts'
import type { LoadedBot } from '../config/index.ts'

/** A group or chat room that a bot's file names. */
export interface Place {
  readonly kind: 'group' | 'room'
  readonly id: number
  /** The file and the field. */
  readonly where: string
}

const KINDS: Readonly<Record<string, Place['kind']>> = { groups: 'group', rooms: 'room' }

/** What stands in lists that are called `groups` or `rooms`, wherever in the file that is. */
export function placesOf({ file, config: { listen }, pluginSettings }: LoadedBot): Place[] {
  const found: Place[] = []
  const add = (kind: Place['kind'], list: readonly unknown[], path: FieldPath) => {
    for (const [index, item] of list.entries()) {
      const id = typeof item === 'string' && /^[1-9]\d{0,15}$/.test(item) ? Number(item) : item
      if (typeof id === 'number' && Number.isSafeInteger(id))
        found.push({ kind, id, where: `${fieldName([...path, index])} in ${file.path}` })
    }
  }
  const walk = (value: unknown, path: FieldPath): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      const kind = KINDS[key]
      if (kind && Array.isArray(inner)) add(kind, inner, [...path, key])
      else walk(inner, [...path, Array.isArray(value) ? Number(key) : key])
    }
  }
  walk(listen, ['listen'])
  for (const { enabled, settings, at } of pluginSettings) if (enabled) walk(settings, at)
  return found
}
