/** The values of the fields of an expression. */
export interface PlainLists {
  readonly second: number[]
  readonly minute: number[]
  readonly hour: number[]
  readonly dayOfMonth: number[]
  readonly month: number[]
  readonly dayOfWeek: number[]
}

/** `5`, `1-5`, `1-5/2`, `*` or `*` with a step. */
const ITEM = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/
/** Every month has it. */
const SURE_DAY = 28

/**
 * Reads the six fields of a cron expression that has nothing but numbers, ranges and steps, as nearly all have: each
 * value once, sorted. Thousands of expressions may be read at the start, and no two of them may be the same.
 *
 * @returns undefined when it has more than that, such as names, or may be wrong
 */
export function readPlain(words: readonly string[]): PlainLists | undefined {
  if (words.length !== 6) return undefined
  const second = readField(words[0]!, 0, 59)
  const minute = readField(words[1]!, 0, 59)
  const hour = readField(words[2]!, 0, 23)
  const dayOfMonth = readField(words[3]!, 1, 31)
  const month = readField(words[4]!, 1, 12)
  const dayOfWeek = readField(words[5]!, 0, 6)
  if (!second || !minute || !hour || !dayOfMonth || !month || !dayOfWeek) return undefined
  // Such as 31 February.
  if (dayOfMonth[0]! > SURE_DAY) return undefined
  return { second, minute, hour, dayOfMonth, month, dayOfWeek }
}

function readField(text: string, min: number, max: number): number[] | undefined {
  const values: number[] = []
  for (const item of text.split(',')) {
    const match = ITEM.exec(item)
    if (!match) return undefined
    const [, first, last, step] = match
    // Of `5/10` nobody knows what it means.
    if (first !== undefined && last === undefined && step !== undefined) return undefined
    const from = first === undefined ? min : Number(first)
    const to = first === undefined ? max : Number(last ?? first)
    const by = Number(step ?? 1)
    if (from < min || to > max || from > to || by === 0) return undefined
    for (let value = from; value <= to; value += by) values.push(value)
  }
  return values.length === 1 ? values : [...new Set(values)].sort((a, b) => a - b)
}
