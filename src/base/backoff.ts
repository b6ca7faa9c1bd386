/** How long to wait before trying again. */
export interface BackoffOptions {
  /** Wait after the first failure, in ms. */
  readonly firstMs: number
  /** Longest wait, in ms. */
  readonly longestMs: number
  readonly random?: () => number
}

/**
 * Exponential backoff with full jitter: anything up to `firstMs * 2^(failures - 1)`, so that many who failed together
 * do not come back together.
 *
 * @param failures how often it failed so far, from 1
 */
export function backoffMs(
  failures: number,
  { firstMs, longestMs, random = Math.random }: BackoffOptions,
): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.ceil(whole * random())
}
