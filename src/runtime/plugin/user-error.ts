import { AppError } from '../../base/errors.ts'

/**
 * Thrown by a command: its text is the answer in the chat; by a webhook whose caller waits: it is answered 422 with the
 * text. It is not a failure, and nothing is tried again.
 */
export class UserError extends AppError {
  override readonly name = 'UserError'

  constructor(text: string) {
    super(text, { code: 'user' })
  }
}
