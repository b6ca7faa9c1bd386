/**
 * PostgreSQL holds no NUL in a text. In its place stands this sign with `0`, and in that of the sign itself the sign
 * with `1`: a character of the private use area, which hardly anybody writes.
 */
export const SIGN = '\uE000'
/** How a NUL stands in JSON, where the backslash is not itself one that stands for a backslash. */
const NUL_IN_JSON = String.raw`(?<!\\)((?:\\\\)*)\\u0000`

/** A value as it is written. Others than texts are left as they are. */
export function encoded(value: unknown): unknown {
  if (typeof value !== 'string' || !(value.includes('\0') || value.includes(SIGN))) return value
  return value.replaceAll(SIGN, `${SIGN}1`).replaceAll('\0', `${SIGN}0`)
}

/** A text as it was before it was {@link encoded}. */
export const decoded = (text: string): string =>
  text.includes(SIGN) ? text.replaceAll(`${SIGN}0`, '\0').replaceAll(`${SIGN}1`, SIGN) : text

/** What JSON is put through in SQL before texts are taken out of it, as what stands for a NUL cannot be. */
export const NULS_IN_JSON = [NUL_IN_JSON, `\\1${SIGN}0`] as const
