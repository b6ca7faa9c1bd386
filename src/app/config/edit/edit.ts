import type { FieldPath } from '../field-path.ts'
import type { EditValue } from './edit-value.ts'

/** One change of a file. A text with `${…}` in it is a reference, as it is in the file. */
export type Edit =
  /** Gives a field a value, in place of what it has; maps on the way to it are made. The number after the last of a list appends. */
  | { readonly kind: 'set'; readonly path: FieldPath; readonly value: EditValue }
  /** Takes a field away, or an item out of a list. */
  | { readonly kind: 'unset'; readonly path: FieldPath }
  /** Puts an item into a list, in front of the one that has this number. */
  | { readonly kind: 'insert'; readonly path: FieldPath; readonly value: EditValue }
