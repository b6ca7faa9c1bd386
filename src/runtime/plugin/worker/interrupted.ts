import { AppError } from '../../../base/errors.ts'

/** A handler was ended by no fault of its own: its thread was, or its plugin came too late. It does not count as tried. */
export class PluginInterrupted extends AppError {
  override readonly name = 'PluginInterrupted'

  constructor(message: string, cause?: unknown) {
    super(message, { code: 'plugin.interrupted', retry: 'later', cause })
  }
}
