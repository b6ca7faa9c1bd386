import { z } from 'zod'
import type { WebhookData } from '../../events/event.ts'
import { lengthOfTime } from '../../sources/length-of-time.ts'
import { WebhookDedupe } from '../../sources/webhook/dedupe.ts'
import { checkKept } from '../../sources/webhook/kept-fields.ts'
import { WEBHOOK_ACCEPTS } from '../../sources/webhook/parse-body.ts'
import { replyOf, replyWithError } from '../../sources/webhook/reply.ts'
import { WebhookAuth } from '../../sources/webhook/webhook-auth.ts'
import type { Webhook } from '../../sources/webhook/webhooks.ts'
import type { HandlerContext } from '../context.ts'
import { extend } from '../handler-context.ts'
import type { Handler } from '../handlers.ts'
import { UserError } from '../user-error.ts'
import type { WebhookOptions } from './webhook-options.ts'
import { read } from './webhook-part.ts'

const Accept = z.enum(WEBHOOK_ACCEPTS).optional()
const Wait = lengthOfTime(100, 60_000).optional()

type Options = WebhookOptions<z.ZodType, never, string, string>

/**
 * A webhook, as its plugin describes it.
 *
 * @throws AppError `webhook.invalid` that names the field
 */
export function webhookOf(where: Pick<Webhook, 'bot' | 'plugin' | 'name'>, options: Options): Webhook {
  const { body, conversation, dedupe } = options
  const auth = read(WebhookAuth, options.auth === 'none' ? { type: 'none' } : options.auth, 'auth')
  return {
    ...where,
    auth,
    body,
    conversation,
    dedupe: dedupe === undefined ? undefined : read(WebhookDedupe, dedupe, 'dedupe'),
    accept: read(Accept, options.accept, 'accept'),
    keeps: checkKept(options, auth),
    waitMs: read(Wait, options.wait, 'wait'),
  }
}

/** What has the events of a webhook handled; where callers wait, it resolves with what they are answered. */
export function webhookHandler({ body, waitMs }: Webhook, handler: (context: never) => unknown): Handler {
  const run = (data: WebhookData, context: HandlerContext) => {
    const came = data.encoding === 'base64' ? Buffer.from(String(data.body), 'base64') : data.body
    const checked = body ? read(body, came, 'body') : came
    const { headers = {}, query = {} } = data
    return handler(extend(context, { body: checked, headers, query }) as never)
  }
  if (waitMs === undefined) return run as Handler
  const answering = async (data: WebhookData, context: HandlerContext) => {
    const { id } = context.event
    try {
      return replyOf(await run(data, context), id)
    } catch (error) {
      // As in a chat, it is an answer and no failure.
      if (!(error instanceof UserError)) throw error
      context.log.info({ reason: error.message }, 'a call of a webhook was answered with a refusal')
      return replyWithError(422, 'webhook.refused', error.message, id)
    }
  }
  return answering as Handler
}
