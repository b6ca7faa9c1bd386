import { format } from 'node:util'
import { systemClock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import type { CarriedError } from './carried-error.ts'
import { carry } from './carried-error.ts'
import type { Link } from './link.ts'
import type { WireLine } from './wire.ts'

/** So many lines a second are passed on, of so many characters each. */
const LINES = 200
const LINE_CHARS = 10_000
const SECOND_MS = 1000

/** Passes lines on to the log of the main thread, as many as that can bear. */
class LineGate {
  readonly #link: Link
  #since = 0
  #passed = 0
  #dropped = 0

  constructor(link: Link) {
    this.#link = link
  }

  pass(line: WireLine): void {
    const now = systemClock.now()
    if (now - this.#since >= SECOND_MS) {
      this.#since = now
      this.#passed = 0
      if (this.#dropped > 0) {
        const fields = { dropped: this.#dropped }
        this.#dropped = 0
        this.pass({ level: 'warn', message: 'lines were dropped: there were too many', fields, errors: {} })
      }
    }
    if (++this.#passed > LINES) this.#dropped++
    else this.#link.tell({ type: 'log', line })
  }
}

/** The log of a plugin in a thread. */
export function threadLog(link: Link, own: object = {}, gate = new LineGate(link)): Log {
  const write = (level: WireLine['level']) => (fields: object, message: string) =>
    gate.pass({ level, message: clipped(String(message)), ...parted({ ...own, ...fields }) })
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: fields => threadLog(link, { ...own, ...fields }, gate),
  }
}

/** Has what is said by way of `console` be lines of a log: straight to the terminal, nothing would bound it. */
export function logConsole(log: Log): void {
  const levels = { log: 'info', info: 'info', debug: 'debug', warn: 'warn', error: 'error' } as const
  for (const [method, level] of Object.entries(levels))
    console[method as keyof typeof levels] = (...said: unknown[]) => log[level]({}, format(...said))
}

/** Fields as they can be sent, errors apart. */
function parted(all: Record<string, unknown>): Pick<WireLine, 'fields' | 'errors'> {
  const fields: Record<string, unknown> = {}
  const errors: Record<string, CarriedError> = {}
  for (const [name, value] of Object.entries(all)) {
    if (value instanceof Error) errors[name] = carry(value)
    else fields[name] = sendable(value)
  }
  return { fields, errors }
}

const clipped = (text: string): string => (text.length > LINE_CHARS ? `${text.slice(0, LINE_CHARS)}…` : text)

function sendable(value: unknown): unknown {
  if (typeof value === 'string') return clipped(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value
  try {
    const json = JSON.stringify(value)
    return json.length > LINE_CHARS ? clipped(json) : JSON.parse(json)
  } catch {
    return String(value)
  }
}
