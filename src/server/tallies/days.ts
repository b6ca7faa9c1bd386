import { formatWireTime, WIRE_OFFSET_MS } from '../../protocol/index.ts'

export const DAY_MS = 86_400_000
export const HOUR_MS = 3_600_000

/** The day of an instant: days since 1970 in UTC+8. */
export const dayOf = (at: number): number => Math.floor((at + WIRE_OFFSET_MS) / DAY_MS)
export const startOfDay = (day: number): number => day * DAY_MS - WIRE_OFFSET_MS
/** `yyyy-MM-dd` */
export const nameOfDay = (day: number): string => formatWireTime(startOfDay(day)).slice(0, 10)
