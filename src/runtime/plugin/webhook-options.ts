import type { z } from 'zod'
import type { WebhookDedupeInput } from '../sources/webhook/dedupe.ts'
import type { WebhookAuthInput } from '../sources/webhook/verify.ts'

export interface WebhookOptions<Body extends z.ZodType> {
  /** How callers prove who they are. `'none'`: anybody who knows the address may call. */
  readonly auth: WebhookAuthInput | 'none'
  /** What the body has to be; calls with another one are answered 400 with the field. */
  readonly body?: Body
  /** Calls with the same answer are handled in their order; without it they are handled side by side. */
  readonly conversation?: (body: z.output<Body>) => string
  /**
   * How a call that comes again is recognized, and answered without being handled again: by an Idempotency-Key, the
   * sender's id of the delivery (or `header`), or, without these, the same body within `window` (10s; 0: not at all).
   * `'off'`: each call is a new one.
   */
  readonly dedupe?: WebhookDedupeInput
}
