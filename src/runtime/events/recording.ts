import { AppError } from '../../base/errors.ts'
import { describeIssue } from '../../protocol/index.ts'
import { type CallRecord, EventLine, type EventRecord } from './record.ts'

/** The version of the format, in the first line of each recording. */
const VERSION = 1
const HEADER = { beadle: VERSION, kind: 'events' }

/** The lines of a recording: a header, then an event each. */
export function* recordingLines(events: Iterable<EventRecord>): Generator<string> {
  yield `${JSON.stringify(HEADER)}\n`
  for (const event of events) yield `${JSON.stringify(event)}\n`
}

/**
 * Reads a recording.
 *
 * @param name  of the file, for messages
 * @throws AppError `recording.invalid` that names the line and field
 */
export function readRecording(text: string, name: string): EventRecord[] {
  const [header = '', ...lines] = text.split('\n')
  const version = (parse(header) as { beadle?: unknown } | undefined)?.beadle
  if (version !== VERSION) {
    throw new AppError(
      version === undefined
        ? `${name}:1: is no recording`
        : `${name}:1: is a recording of version ${version}, which is not known here`,
      { code: 'recording.invalid', hint: 'beadle events record FILE makes one.' },
    )
  }
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, `${name}:${index + 2}`)]))
}

function readLine(line: string, place: string): EventRecord {
  const value = parse(line)
  const checked = EventLine.safeParse(value)
  if (value !== undefined && checked.success) return checked.data
  const problem = checked.error && value !== undefined ? describeIssue(checked.error) : 'is not JSON'
  throw new AppError(`${place}: ${problem}`, { code: 'recording.invalid' })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A call as a test looks at it: what was asked for, by which plugin. */
export interface PlainCall {
  readonly bot: string
  readonly plugin: string
  readonly endpoint: string
  readonly lane: string
  readonly args: Readonly<Record<string, unknown>>
}

export const plainCall = (
  { bot, plugin }: { readonly bot: string; readonly plugin: string },
  { endpoint, lane, args }: Pick<CallRecord, 'endpoint' | 'lane' | 'args'>,
): PlainCall => ({ bot, plugin, endpoint, lane, args })
