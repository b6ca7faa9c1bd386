/** Milliseconds of each unit, as people write it in English and Chinese. */
const UNIT_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  min: 60_000,
  s: 1_000,
  ms: 1,
  周: 604_800_000,
  天: 86_400_000,
  小时: 3_600_000,
  分: 60_000,
  分钟: 60_000,
  秒: 1_000,
}

/** What every length of time looks like, for documents; not all that looks so is one. */
export const DURATION_PATTERN =
  '^\\s*([0-9]{1,15}(\\.[0-9]{1,9})?([wdhmsWDHMS]|[mM][iI][nN]|[mM][sS]|周|天|小时|分|分钟|秒)\\s*)+$'

const PART = /(\d{1,15}(?:\.\d{1,9})?)(\p{L}{1,3})\s{0,9}/uy
const LONGEST_TEXT = 100

/**
 * Reads a length of time such as `10m`, `2h30m`, `1d`, `45s`, `1.5h` or `10分钟`, in milliseconds.
 *
 * Units are w, d, h, m (or min), s and ms, from the largest to the smallest and each at most once; a number alone
 * is refused. Whole milliseconds; fractions of one are rounded.
 *
 * @returns undefined when `text` is no such length of time, or longer than whole milliseconds can count
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  const words = text.trim().toLowerCase()
  let total = 0
  let lastUnit = Number.POSITIVE_INFINITY
  let at = 0
  do {
    PART.lastIndex = at
    const part = PART.exec(words)
    const unit = part ? UNIT_MS[part[2]!] : undefined
    if (!part || unit === undefined || unit >= lastUnit) return undefined
    total += Number(part[1]) * unit
    lastUnit = unit
    at = PART.lastIndex
  } while (at < words.length)
  const rounded = Math.round(total)
  return Number.isSafeInteger(rounded) ? rounded : undefined
}

const SHOWN = {
  en: ['d', 'h', 'm', 's', 'ms'],
  zh: ['天', '小时', '分钟', '秒', 'ms'],
} as const

/**
 * Writes milliseconds the way {@link parseDuration} reads them: `2h30m`, `45s`, `0s`; days are the largest unit. In Chinese,
 * `2小时30分钟`.
 *
 * Rounded to whole milliseconds. A negative length starts with `-`; what is no finite number is shown as it is.
 *
 * @param language  a tag such as `zh` or `zh-TW`; of any other than Chinese the units are as in English
 */
export function formatDuration(ms: number, language = 'en'): string {
  if (!Number.isFinite(ms)) return String(ms)
  const units = SHOWN[/^zh\b/.test(language) ? 'zh' : 'en']
  let left = Math.abs(Math.round(ms))
  if (left === 0) return `0${units[3]}`
  let text = ms < 0 ? '-' : ''
  for (const unit of units) {
    const unitMs = UNIT_MS[unit]!
    const count = Math.floor(left / unitMs)
    if (count > 0) text += `${count}${unit}`
    left -= count * unitMs
  }
  return text
}
