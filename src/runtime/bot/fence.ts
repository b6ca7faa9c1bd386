/** A block of code that is open: what it was opened with. */
export interface Fence {
  /** Three backticks, or more. */
  readonly ticks: string
  /** What stands behind them, such as `ts`. */
  readonly info: string
}

/** A line with more backticks, and more behind them, is none that opens a block. */
export const FENCE_CHARS = 80

const OPENS = /^ {0,3}(`{3,})([^`]*)$/
const CLOSES = /^ {0,3}(`{3,})\s*$/

/** Whether the line that begins at `at` opens or closes a block of code, where `open` is open or none is. */
export function fenceAt(text: string, at: number, open: Fence | undefined): Fence | 'closes' | undefined {
  const beginning = text.slice(at, at + 2 * FENCE_CHARS)
  const feed = beginning.indexOf('\n')
  if (feed < 0 && at + beginning.length < text.length) return undefined
  const line = feed < 0 ? beginning : beginning.slice(0, feed)
  if (open) return (CLOSES.exec(line)?.[1]?.length ?? 0) >= open.ticks.length ? 'closes' : undefined
  const [, ticks = '', rest = ''] = OPENS.exec(line) ?? []
  const info = rest.trim()
  return ticks === '' || ticks.length + info.length > FENCE_CHARS ? undefined : { ticks, info }
}

/** What a block is opened with again in the next part, and what it is closed with in this one. */
export const reopening = ({ ticks, info }: Fence): string => `${ticks}${info}\n`
export const closing = ({ ticks }: Fence): string => `\n${ticks}`
