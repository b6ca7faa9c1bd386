import type { z } from 'zod'
import type { WebhookDedupeInput } from '../../sources/webhook/dedupe.ts'
import type { WebhookAccept } from '../../sources/webhook/parse-body.ts'
import type { WebhookAuthInput } from '../../sources/webhook/webhook-auth.ts'
import type { HandlerContext } from '../told.ts'

/** What a body is without a schema. */
interface BodiesByAccept {
  json: unknown
  form: Readonly<Record<string, string>>
  text: string
  raw: Buffer
}

/** What a handler is given as `body`: what the schema makes of it, or what it is as it comes. */
export type WebhookBody<Body extends z.ZodType, Accept extends WebhookAccept> = z.ZodUnknown extends Body
  ? BodiesByAccept[Accept]
  : z.output<Body>

export interface WebhookOptions<
  Body extends z.ZodType = z.ZodUnknown,
  Accept extends WebhookAccept = 'json',
  Header extends string = never,
  Parameter extends string = never,
> {
  /** How callers prove who they are. `'none'`: anybody who knows the address may call. */
  readonly auth: WebhookAuthInput | 'none'
  /**
   * As what bodies are taken: `json`, `form`, `text` (a string, whatever it holds) or `raw` (a Buffer with the bytes as
   * they came). Default: as JSON, or, where the Content-Type says so, as a form.
   */
  readonly accept?: Accept
  /** What the body has to be; calls with another one are answered 400 with the field. */
  readonly body?: Body
  /** Calls with the same answer are handled in their order; without it they are handled side by side. */
  readonly conversation?: (body: WebhookBody<Body, Accept>) => string
  /**
   * How a call that comes again is recognized, and answered without being handled again: by an Idempotency-Key, the
   * sender's id of the delivery (or `header`), or, without these, the same body within `window` (10s; 0: not at all).
   * `'off'`: each call is a new one.
   */
  readonly dedupe?: WebhookDedupeInput
  /** Headers that are kept with the event, and given to the handler. At most 20, none that may hold a secret. */
  readonly headers?: readonly Header[]
  /** Parameters of the address, behind its `?`, as {@link headers}. */
  readonly query?: readonly Parameter[]
  /**
   * So long waits the caller for what the handler returns, 100ms to 60s: it is answered 200 with that as JSON, or what
   * `answer(…)` says. When the time is over, and without `wait` at once: 202, and the handler runs all the same.
   */
  readonly wait?: string | number
}

/** What the handler of a webhook is told. */
export interface WebhookContext<
  Body extends z.ZodType = z.ZodUnknown,
  Accept extends WebhookAccept = 'json',
  Header extends string = never,
  Parameter extends string = never,
> extends HandlerContext {
  readonly body: WebhookBody<Body, Accept>
  /** Those that the webhook has kept, by their names in lower case. */
  readonly headers: Readonly<Record<Lowercase<Header>, string | undefined>>
  /** Those that the webhook has kept. */
  readonly query: Readonly<Record<Parameter, string | undefined>>
}
