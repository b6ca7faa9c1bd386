import { parseYaml } from '../yaml-syntax.ts'
import { checkValue, type EditValue } from './edit-value.ts'

/**
 * A value as a person types it: `true`, `10s`, `[1, 2]`, `{ type: none }`, read as a file would be. What is no YAML, and a
 * number that has more digits than numbers hold, is a text.
 */
export function readValue(text: string): EditValue {
  const { document } = parseYaml(text)
  if (!document || document.contents === null) return text
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 0 })
  } catch {
    return text
  }
  if (typeof value === 'number' && String(value) !== text.trim()) return text
  return checkValue(value)
}
