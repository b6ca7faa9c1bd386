import { isDeepStrictEqual } from 'node:util'
import type { MessageRecord } from '../../../protocol/index.ts'
import { folded } from '../commands/pattern/command-word.ts'

/** What apps put beside the body of a message; of a custom message, which has no extras, its own keys. */
export function extrasOf({ msg_type, msg_body }: MessageRecord): Readonly<Record<string, unknown>> {
  const extras = msg_type === 'custom' ? msg_body : msg_body.extras
  return typeof extras === 'object' && extras !== null ? (extras as Record<string, unknown>) : {}
}

/** A message as filters look at it: what several of them ask for is made once. */
export class Reading {
  readonly record: MessageRecord
  #folded: string | undefined

  constructor(record: MessageRecord) {
    this.record = record
  }

  /** The text of a text message; empty for others. */
  get text(): string {
    const { msg_type, msg_body } = this.record
    return msg_type === 'text' && typeof msg_body.text === 'string' ? msg_body.text : ''
  }

  /** The text as it is compared. */
  get folded(): string {
    this.#folded ??= folded(this.text)
    return this.#folded
  }

  /** Whether it has a key in its extras, with that value. */
  hasExtra(key: string, value: unknown): boolean {
    const extras = extrasOf(this.record)
    return Object.hasOwn(extras, key) && (value === true || isDeepStrictEqual(extras[key], value))
  }
}
