import { systemClock } from '../base/clock.ts'
import { formatDuration } from '../base/duration.ts'

/** How far something is. */
export interface Step {
  /** Steps of one phase are measured together. */
  readonly phase: string
  /** What is being done: `copying deliveries`. */
  readonly what: string
  readonly done: number
  readonly total: number
  /** Of those that are done: what was done before, and says nothing of the speed. */
  readonly before?: number
  /** What is counted: `rows`. */
  readonly unit: string
  /** For programs, in place of `what`, `done` and `unit`. */
  readonly json: Readonly<Record<string, unknown>>
}

/** How often the line of a terminal changes, and how often one is written elsewhere, in ms. */
const TERMINAL_MS = 200
const LINE_MS = 5000
const JSON_MS = 1000
const SECOND = 1000
const BAR_COLUMNS = 20

/** Says how far something is: by a bar on a terminal, by lines now and then elsewhere, as JSON for programs. */
export class Meter {
  readonly #json: boolean
  readonly #isTerminal = process.stderr.isTTY === true
  #phase: string | undefined
  #begunAt = 0
  #saidAt = 0
  #isLineOpen = false

  constructor(json: boolean) {
    this.#json = json
  }

  show(step: Step): void {
    const now = systemClock.now()
    const { phase, what, done, total, before = 0, unit } = step
    if (phase !== this.#phase) {
      // The first is told of at once: nobody has to wonder.
      this.#phase = phase
      this.#begunAt = now
    } else if (now - this.#saidAt < this.#everyMs && done < total) return
    this.#saidAt = now
    const perSecond = Math.round(((done - before) / Math.max(1, now - this.#begunAt)) * SECOND)
    const secondsLeft = perSecond > 0 ? Math.ceil((total - done) / perSecond) : undefined
    const share = done / Math.max(1, total)
    const percent = Math.floor(share * 100)
    if (this.#json) {
      const line = { ...step.json, total, percent, perSecond, secondsLeft }
      return void process.stdout.write(`${JSON.stringify(line)}\n`)
    }
    const parts = [
      `${count(done)} of ${count(total)} ${unit}`,
      `${percent} %`,
      `${count(perSecond)}/s`,
      ...(secondsLeft ? [`${formatDuration(secondsLeft * SECOND)} left`] : []),
    ]
    this.#write(what, share, parts.join(', '))
  }

  get hasBegun(): boolean {
    return this.#phase !== undefined
  }

  /** Leaves the line that was written last. */
  end(): void {
    if (this.#isLineOpen) process.stderr.write('\n')
    this.#isLineOpen = false
  }

  get #everyMs(): number {
    if (this.#json) return JSON_MS
    return this.#isTerminal ? TERMINAL_MS : LINE_MS
  }

  #write(what: string, share: number, text: string): void {
    if (!this.#isTerminal) return void process.stderr.write(`${what}: ${text}\n`)
    const full = Math.round(Math.min(1, share) * BAR_COLUMNS)
    const line = `${what} ${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)} ${text}`
    const width = process.stderr.columns || 80
    process.stderr.write(`\r\u001b[K${line.slice(0, width - 1)}`)
    this.#isLineOpen = true
  }
}

const count = (number: number): string => number.toLocaleString('en')
