import type { CopyProgress } from '../app/copy.ts'
import { systemClock } from '../base/clock.ts'
import { formatDuration } from '../base/duration.ts'

/** How often the line of a terminal changes, and how often one is written elsewhere, in ms. */
const TERMINAL_MS = 200
const LINE_MS = 5000
const JSON_MS = 1000
const SECOND = 1000

const VERBS = { copy: 'copying', verify: 'comparing' } as const

/** Says how far a copy is: on one line of a terminal, on lines now and then elsewhere, as JSON for programs. */
export class CopyMeter {
  readonly #json: boolean
  readonly #isTerminal = process.stderr.isTTY === true
  #phase: CopyProgress['phase'] | undefined
  #begunAt = 0
  #saidAt = 0
  #isLineOpen = false

  constructor(json: boolean) {
    this.#json = json
  }

  show(progress: CopyProgress): void {
    const now = systemClock.now()
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase
      this.#begunAt = now
      this.#saidAt = now
      // The first page is told of at once: nobody has to wonder.
    } else if (now - this.#saidAt < this.#everyMs && progress.rows < progress.total) return
    this.#saidAt = now
    const { phase, table, rows, total, before } = progress
    const perSecond = Math.round(((rows - before) / Math.max(1, now - this.#begunAt)) * SECOND)
    const secondsLeft = perSecond > 0 ? Math.ceil((total - rows) / perSecond) : undefined
    const percent = Math.floor((rows / Math.max(1, total)) * 100)
    if (this.#json) {
      const line = { phase, table, rows, total, percent, perSecond, secondsLeft }
      return void process.stdout.write(`${JSON.stringify(line)}\n`)
    }
    const parts = [
      `${VERBS[phase]} ${table}: ${count(rows)} of ${count(total)} rows`,
      `${percent} %`,
      `${count(perSecond)}/s`,
      ...(secondsLeft ? [`${formatDuration(secondsLeft * SECOND)} left`] : []),
    ]
    this.#write(parts.join(', '))
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

  #write(text: string): void {
    if (!this.#isTerminal) return void process.stderr.write(`${text}\n`)
    const width = process.stderr.columns || 80
    process.stderr.write(`\r\u001b[K${text.slice(0, width - 1)}`)
    this.#isLineOpen = true
  }
}

const count = (rows: number): string => rows.toLocaleString('en')
