import { type ErrorEnvelope, errorCodes, type JmCode } from '../protocol/index.ts'

/** The server says no, in JMessage's words. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: JmCode

  /** @param detail what the message says beyond the text of the code: the field and what it must be */
  constructor(code: JmCode, detail?: string) {
    const text = errorCodes[code].message
    super(detail === undefined ? text : `${text}: ${detail}`)
    this.code = code
  }

  get status(): number {
    return errorCodes[this.code].status
  }

  get envelope(): ErrorEnvelope {
    return { error: { code: this.code, message: this.message } }
  }
}

/** Refuses with `code` unless the value is there. */
export function demand<T>(value: T | undefined, code: JmCode): T {
  if (value === undefined) throw new Refusal(code)
  return value
}
