/** Longest text of a cell. */
const CELL = 72

/** What takes two columns on a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

const widthOf = (text: string): number => [...text].reduce((sum, char) => sum + (WIDE.test(char) ? 2 : 1), 0)

/** A text that others wrote, on one line: what would steer the terminal is left out. */
export function plain(text: string, longest = CELL): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  const chars = [...line]
  return chars.length <= longest ? line : `${chars.slice(0, longest - 1).join('')}…`
}

/** Rows with a head, in columns that are as wide as what stands in them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows.map(row => row.map(cell => plain(cell)))]
  const widths = head.map((_, column) => Math.max(...all.map(row => widthOf(row[column] ?? ''))))
  const lines = all.map(row =>
    row
      .map((cell, column) => cell + ' '.repeat(widths[column]! - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** `2026-01-31 13:05:09`, in the zone of the machine. */
export function when(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Writes a value for programs. */
export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)

/** Writes one of several values for programs, each in a line of its own. */
export const printLine = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

export const firstLine = (text: string | null | undefined): string => text?.split('\n', 1)[0] ?? ''
