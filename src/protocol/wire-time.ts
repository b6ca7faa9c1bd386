/** Times without a zone are the vendor's local time, UTC+8. */
export const WIRE_OFFSET_MS = 8 * 3_600_000

/** `yyyy-MM-dd HH:mm:ss` in UTC+8 of an instant (epoch ms; fractions of a second are cut off). */
export function formatWireTime(at: number): string {
  return new Date(at + WIRE_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** Epoch ms of a `yyyy-MM-dd HH:mm:ss` in UTC+8, or `undefined` when the text is no such time. */
export function parseWireTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined
  const at = Date.parse(`${text.replace(' ', 'T')}Z`) - WIRE_OFFSET_MS
  return Number.isNaN(at) || formatWireTime(at) !== text ? undefined : at
}
