import type { Context } from 'hono'
import type { z } from 'zod'
import { describeIssue } from '../../../protocol/index.ts'
import type { WebhookData } from '../../events/event.ts'
import type { Journal } from '../../events/journal.ts'
import { readBody } from '../read-body.ts'
import { refuse } from '../refuse.ts'
import { verifyWebhook, type WebhookAuth } from './verify.ts'

/** A webhook of a plugin, ready to be called. */
export interface Webhook {
  readonly bot: string
  /** The plugin's instance. */
  readonly plugin: string
  readonly name: string
  readonly auth: WebhookAuth
  /** What the body has to be; any JSON, if there is none. */
  readonly body?: z.ZodType | undefined
  /** Calls with the same answer are handled in their order; without it they are handled side by side. */
  readonly conversation?: ((body: never) => string) | undefined
}

export interface WebhooksOptions {
  readonly journal: Journal
  /** Largest body. */
  readonly maxBytes: number
  /** Whether so much waits to be handled that nothing more can be taken. */
  readonly isFull: () => boolean
}

/** Answers `POST /hooks/{bot}/{plugin}/{name}`: 202 with the event's id once the event is on disk. */
export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #byPath = new Map<string, Webhook>()

  constructor(options: WebhooksOptions) {
    this.#options = options
  }

  /** Paths of all webhooks. */
  get paths(): string[] {
    return [...this.#byPath.keys()]
  }

  /** Begins to answer a webhook; what is returned ends it. */
  add(webhook: Webhook): () => void {
    const path = `/hooks/${webhook.bot}/${webhook.plugin}/${webhook.name}`
    this.#byPath.set(path, webhook)
    return () => {
      if (this.#byPath.get(path) === webhook) this.#byPath.delete(path)
    }
  }

  readonly handle = async (c: Context): Promise<Response> => {
    const webhook = this.#byPath.get(c.req.path)
    if (!webhook) return refuse(c, 404, 'webhook.unknown', `there is no webhook ${c.req.path}`)
    const { maxBytes } = this.#options
    const raw = await readBody(c, maxBytes)
    if (raw === undefined) return refuse(c, 413, 'webhook.too-large', `the body is over ${maxBytes} bytes`)
    const verdict = verifyWebhook(webhook.auth, name => c.req.header(name), raw)
    if (!verdict.ok) return refuse(c, 401, `webhook.${verdict.reason}`, verdict.message)
    if (this.#options.isFull()) {
      c.header('retry-after', '5')
      return refuse(c, 503, 'webhook.busy', 'too many events wait to be handled; try again later')
    }
    const body = parseBody(raw, c.req.header('content-type') ?? '')
    if (!body) return refuse(c, 400, 'webhook.invalid', 'the body must be JSON')
    const checked = webhook.body?.safeParse(body.value) ?? { success: true as const, data: body.value }
    if (!checked.success) return refuse(c, 400, 'webhook.invalid', describeIssue(checked.error))
    const { bot, plugin, name } = webhook
    // As it came: what the schema makes of it, such as a date, might not survive being written down.
    const data: WebhookData = { name, body: body.value }
    const text = body.isJson ? `{"name":${JSON.stringify(name)},"body":${raw}}` : undefined
    const [accepted] = await this.#options.journal.accept([
      {
        type: 'webhook',
        conversation: webhook.conversation
          ? `hook:${name}:${webhook.conversation(checked.data as never)}`
          : '',
        data,
        text,
        recipients: [{ bot, plugin }],
      },
    ])
    return c.json({ event_id: accepted!.id }, 202)
  }
}

interface ParsedBody {
  readonly value: unknown
  readonly isJson: boolean
}

/** JSON, also where the sender calls it a form, as curl does unless told otherwise; else a form. */
function parseBody(raw: string, contentType: string): ParsedBody | undefined {
  if (raw === '') return { value: {}, isJson: false }
  try {
    return { value: JSON.parse(raw), isJson: true }
  } catch {
    if (!contentType.startsWith('application/x-www-form-urlencoded')) return undefined
    return { value: Object.fromEntries(new URLSearchParams(raw)), isJson: false }
  }
}
