import { AppError } from '../../../base/errors.ts'

/** A stretch of time in which a zone's clocks were not changed. Epoch ms; `offsetMs` is local time minus UTC. */
export interface ZoneSpan {
  readonly startAt: number
  /** Exclusive. The next span may have the same offset, as the clocks are looked up a year at a time. */
  readonly endAt: number
  readonly offsetMs: number
  /** The offset that ended at `startAt`. */
  readonly offsetBeforeMs: number
}

const STEP_MS = 7 * 86_400_000
const CHUNK_MS = 52 * STEP_MS

/** Whether `zone` is the name of an IANA time zone, such as `Asia/Shanghai` or `UTC`. */
export function isZone(zone: string): boolean {
  // Newer Nodes take offsets such as +08:00 too; older ones do not.
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    timelineOf(zone)
    return true
  } catch {
    return false
  }
}

/**
 * The span of `zone` that `at` (epoch ms) lies in.
 *
 * @throws AppError `cron.zone` when there is no such zone
 */
export function spanAt(zone: string, at: number): ZoneSpan {
  return timelineOf(zone).spanAt(at)
}

const timelines = new Map<string, ZoneTimeline>()

function timelineOf(zone: string): ZoneTimeline {
  let timeline = timelines.get(zone)
  if (!timeline) {
    timeline = new ZoneTimeline(zone)
    timelines.set(zone, timeline)
  }
  return timeline
}

/**
 * When a zone's clocks change, found by asking Intl once a week of the years in use and halving the weeks in which
 * the answer changed. Two changes within a week that undo each other would be missed; no zone has had such.
 */
class ZoneTimeline {
  readonly #format: Intl.DateTimeFormat
  /** Span i is from #starts[i] to #starts[i + 1], the last one to #coveredTo. */
  readonly #starts: number[] = []
  readonly #offsets: number[] = []
  #coveredTo = 0

  constructor(zone: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch (cause) {
      throw new AppError(`There is no time zone '${zone}'`, {
        code: 'cron.zone',
        hint: "Use an IANA name such as 'Asia/Shanghai', 'Europe/Berlin' or 'UTC'",
        cause,
      })
    }
  }

  spanAt(at: number): ZoneSpan {
    this.#cover(at)
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#starts[middle]! <= at) low = middle
      else high = middle
    }
    return {
      startAt: this.#starts[low]!,
      endAt: this.#starts[low + 1] ?? this.#coveredTo,
      offsetMs: this.#offsets[low]!,
      offsetBeforeMs: this.#offsets[low - 1] ?? this.#offsets[low]!,
    }
  }

  /** Looks up the clock changes around `at`, with half a chunk before it, so that the change before is known. */
  #cover(at: number): void {
    if (this.#starts.length === 0) {
      const from = Math.floor(at / CHUNK_MS - 0.5) * CHUNK_MS
      this.#offsets.push(this.#offsetAt(from))
      this.#starts.push(from)
      this.#coveredTo = from
    }
    while (this.#coveredTo <= at) {
      const changes = this.#changes(this.#coveredTo, this.#offsets.at(-1)!, this.#coveredTo + CHUNK_MS)
      for (const [changeAt, offset] of changes) {
        this.#starts.push(changeAt)
        this.#offsets.push(offset)
      }
      this.#coveredTo += CHUNK_MS
    }
    while (this.#starts[0]! > at - CHUNK_MS / 2) {
      const to = this.#starts[0]!
      const from = to - CHUNK_MS
      const offset = this.#offsetAt(from)
      const changes = this.#changes(from, offset, to)
      // The old first span began where the looking up did; it goes on from the last change before.
      this.#starts.splice(0, 1, from, ...changes.map(([changeAt]) => changeAt))
      this.#offsets.splice(0, 1, offset, ...changes.map(([, after]) => after))
    }
  }

  /** The changes after `from` up to and including `to`, with the offsets that they lead to. */
  #changes(from: number, offset: number, to: number): [changeAt: number, offset: number][] {
    const changes: [number, number][] = []
    let before = offset
    for (let at = from; at < to; at += STEP_MS) {
      const after = this.#offsetAt(at + STEP_MS)
      for (let low = at; before !== after; ) {
        let high = at + STEP_MS
        while (high - low > 1000) {
          const middle = low + Math.floor((high - low) / 2000) * 1000
          if (this.#offsetAt(middle) === before) low = middle
          else high = middle
        }
        before = this.#offsetAt(high)
        changes.push([high, before])
        low = high
      }
    }
    return changes
  }

  /** Local time minus UTC, asked of Intl (about a microsecond). `at` is a whole second. */
  #offsetAt(at: number): number {
    const [month, day, year, hour, minute, second] = this.#format.format(at).match(/\d+/g)!.map(Number)
    return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - at
  }
}
