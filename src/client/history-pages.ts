import type { Clock } from '../base/clock.ts'
import {
  CURSOR_MS,
  type Endpoint,
  formatWireTime,
  HISTORY_KEPT_MS,
  HISTORY_RANGE_MS,
  type HistoryPage,
  type MessageRecord,
  parseWireTime,
} from '../protocol/index.ts'
import { invalid, type LooseArgs } from './encode.ts'
import { InvalidRequest } from './errors.ts'

const DAY_MS = 86_400_000
/** JMessage's clock may differ by as much. */
const SLACK_MS = DAY_MS
/** A longer range is a slip of the pen: history is kept for 60 days, and each 7 days are a call. */
const LONGEST_MS = 366 * DAY_MS
/** A cursor this close to its end is not tried any more. */
const MARGIN_MS = 10_000

export interface HistoryReading {
  readonly endpoint: Endpoint
  readonly list: (args: LooseArgs) => Promise<HistoryPage>
  readonly args: LooseArgs
  readonly clock: Clock
}

/**
 * The pages of a history in a range of time of any length. Ranges that are too long for one query are read in parts;
 * where a cursor has run out, a new query goes on at the last message. Both overlap by a second, as that is how exact
 * their bounds are; messages that come twice by it are dropped.
 */
export async function* historyPages(reading: HistoryReading): AsyncGenerator<HistoryPage, void, undefined> {
  const { begin, end } = rangeOf(reading)
  const given = new Given()
  for (let from = begin; ; from += HISTORY_RANGE_MS) {
    const to = Math.min(from + HISTORY_RANGE_MS, end)
    yield* partOf(reading, given, from, to)
    if (to === end) return
  }
}

async function* partOf(
  { list, args, clock }: HistoryReading,
  given: Given,
  from: number,
  to: number,
): AsyncGenerator<HistoryPage, void, undefined> {
  const { begin_time, end_time, count, ...path } = args
  let askedAt = clock.now()
  /** Messages given since the last query; without any, a new query would come no further than the last one. */
  let progress = 0
  const ask = (query: LooseArgs) => {
    askedAt = clock.now()
    return list({ ...path, ...query })
  }
  const begin = () => {
    progress = 0
    const begin_time = formatWireTime(Math.max(from, given.second))
    return ask({ begin_time, end_time: formatWireTime(to), count })
  }
  const next = async (cursor: string) => {
    if (progress > 0 && clock.now() - askedAt > CURSOR_MS - MARGIN_MS) return begin()
    try {
      return await ask({ cursor })
    } catch (error) {
      if (!(error instanceof InvalidRequest) || progress === 0) throw error
      return begin()
    }
  }

  let page = await begin()
  for (;;) {
    const messages = page.messages.filter(message => given.isNew(message))
    progress += messages.length
    if (messages.length > 0) yield { ...page, count: messages.length, messages }
    if (page.cursor === undefined || page.messages.length === 0) return
    page = await next(page.cursor)
  }
}

/** The range that is asked for, without what is too old to be kept. Epoch ms. */
function rangeOf({ endpoint, args, clock }: HistoryReading): { begin: number; end: number } {
  const [begin, end] = (['begin_time', 'end_time'] as const).map(name => {
    const at = parseWireTime(String(args[name]))
    if (at === undefined) throw invalid(endpoint, `${name} must be a time yyyy-MM-dd HH:mm:ss (UTC+8)`)
    return at
  }) as [number, number]
  if (end < begin) throw invalid(endpoint, 'end_time must not be before begin_time')
  const oldest = Math.floor((clock.now() - HISTORY_KEPT_MS - SLACK_MS) / 1000) * 1000
  const kept = Math.max(begin, Math.min(oldest, end))
  if (end - kept > LONGEST_MS) throw invalid(endpoint, 'end_time must be at most 366 days after begin_time')
  return { begin: kept, end }
}

/** The messages that were given, as far as they can come again: those of the latest second. */
class Given {
  /** Begin of that second, epoch ms. */
  second = Number.NEGATIVE_INFINITY
  readonly #msgids = new Set<number>()

  /** Whether a message was not given yet; from now on it is. */
  isNew({ msgid, msg_ctime }: MessageRecord): boolean {
    if (this.#msgids.has(msgid)) return false
    const second = Math.floor(msg_ctime / 1000) * 1000
    if (second > this.second) {
      this.second = second
      this.#msgids.clear()
    }
    if (second === this.second) this.#msgids.add(msgid)
    return true
  }
}
