import { AppError } from '../../../base/errors.ts'
import { type Attempt, keyPrefix } from '../../dispatch/attempt.ts'
import type { DialogueLog, Made } from './dialogue.ts'
import { DialogueAttempt } from './dialogue-attempt.ts'
import { Noted } from './made.ts'

type Draft = NonNullable<DialogueLog['draft']>

/** What comes of something that is done once is so large at most, as JSON. */
const RESULT_BYTES = 16 * 1024

/** Does what is not to be done again when a handler runs again for an answer. */
export class Once {
  readonly #attempt: Attempt
  readonly #draft: Draft | undefined
  readonly #keep: (draft: Draft) => Promise<void>
  /** What was done in this run, or in an earlier one for the same event. */
  #made: Record<string, Made>

  /** @param keep  writes down what the event has done so far, where there is something to write it into */
  constructor(attempt: Attempt, draft: Draft | undefined, keep: (draft: Draft) => Promise<void>) {
    this.#attempt = attempt
    this.#draft = draft
    this.#keep = keep
    this.#made = { ...draft?.made }
  }

  /** @throws AppError `dialogue.once` when it is no JSON, or too large */
  async run(run: () => unknown): Promise<unknown> {
    const attempt = this.#attempt
    attempt.throwIfAborted()
    const key = attempt.key('once')
    const { event } = attempt.delivery
    const short = key.slice(keyPrefix(attempt.delivery).length)
    const isDrafted = this.#draft?.event === event.id && Object.hasOwn(this.#made, short)
    const known =
      attempt instanceof DialogueAttempt
        ? (attempt.known(key) ?? (isDrafted ? this.#made[short] : undefined))
        : undefined
    if (known) {
      attempt.note(key, new Noted(known.result))
      return known.result
    }
    const value = asJson(await run())
    attempt.note(key, new Noted(value))
    this.#made = { ...this.#made, [short]: { result: value } }
    await this.#keep({ event: event.id, made: this.#made })
    return value
  }
}

function asJson(value: unknown): unknown {
  if (value === undefined) return undefined
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw refused('it cannot be written as JSON', cause)
  }
  if (text === undefined) throw refused('it cannot be written as JSON')
  if (Buffer.byteLength(text) > RESULT_BYTES) throw refused(`it has more than ${RESULT_BYTES} bytes`)
  return JSON.parse(text)
}

const refused = (problem: string, cause?: unknown): AppError =>
  new AppError(`what came of ask.once cannot be kept: ${problem}`, {
    code: 'dialogue.once',
    hint: 'Have it return an id, or nothing.',
    cause,
  })
