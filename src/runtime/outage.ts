import { AppError } from '../base/errors.ts'
import { ApiError, RateLimited, TransportError } from '../client/index.ts'

/** Whether an error says that JMessage cannot be reached or is too busy, which is nobody's fault here. */
export const isOutage = (error: Error): boolean =>
  error instanceof TransportError ||
  (error instanceof AppError && error.code === 'outbox.full') ||
  error instanceof RateLimited ||
  (error instanceof ApiError && error.status >= 500)
