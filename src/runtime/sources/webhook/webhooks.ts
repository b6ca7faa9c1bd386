import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { type Clock, sleep } from '../../../base/clock.ts'
import { describeIssue } from '../../../protocol/index.ts'
import type { Recipient, WebhookData } from '../../events/event.ts'
import type { Accepted, Journal } from '../../events/journal.ts'
import type { Observer } from '../../observer.ts'
import { type Answer, type Asked, refuse } from '../answer.ts'
import type { Bodies } from '../bodies.ts'
import { bodyKey, conversationOf, type DedupeRule, ruleOf, type WebhookDedupe } from './dedupe.ts'
import { type ParsedBody, parseBody } from './parse-body.ts'
import { type Call, Repeats, type Taken } from './repeats.ts'
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
  /** How a call that comes again is recognized. */
  readonly dedupe?: WebhookDedupe | undefined
  /**
   * In place of `body` and `conversation`, where a thread knows them. With `undefined`, as it does not answer now, the
   * call is refused for a while.
   */
  readonly ask?: ((body: unknown) => Promise<Judgement | undefined>) | undefined
}

/** What is wrong with a body; or the conversation of the call, if it has one. */
export type Judgement = { readonly problem: string } | { readonly conversation: string | undefined }

const SIDE_BY_SIDE: Judgement = { conversation: undefined }

/** What a webhook says of a body. */
export function judge({ body, conversation }: Webhook, value: unknown): Judgement {
  let data = value
  if (body) {
    const checked = body.safeParse(value)
    if (!checked.success) return { problem: describeIssue(checked.error) }
    data = checked.data
  }
  return conversation ? { conversation: conversation(data as never) } : SIDE_BY_SIDE
}

/** A webhook, as it is called. */
interface Entry {
  readonly webhook: Webhook
  readonly path: string
  /** The appKey of its app. */
  readonly owner: string
  readonly rule: DedupeRule | undefined
}

export interface WebhooksOptions {
  readonly journal: Journal
  readonly clock: Clock
  /** Of the main app: from it comes the key of the hashes by which bodies are known again. */
  readonly masterSecret: string
  readonly bodies: Bodies
  /** Largest body. */
  readonly maxBytes: number
  /** The appKey of a bot's app. Default: there is one only. */
  readonly ownerOf?: (bot: string) => string
  /** Whether so much waits to be handled by a plugin, or by all, that nothing more can be taken for it. */
  readonly isFull: (bot: string, plugin: string) => boolean
  /** Resolves when a plugin has come that is being loaded; `undefined` if none of this name is. */
  readonly loading?: (bot: string, plugin: string) => Promise<void> | undefined
  /** Who has to handle a call besides. */
  readonly alsoFor?: (bot: string, plugin: string, name: string) => readonly Recipient[]
  readonly observer?: Observer
  /** See {@link RepeatsOptions.isShared}. */
  readonly isShared?: boolean
}

/**
 * Answers `POST /hooks/{bot}/{plugin}/{name}`: 202 with the event's id once the event is on disk. A call that comes again
 * is answered the same, and `repeated`.
 */
export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #repeats: Repeats
  readonly #bodyKey: Buffer
  readonly #byPath = new Map<string, Entry>()

  constructor(options: WebhooksOptions) {
    this.#options = options
    const { journal, clock, masterSecret, observer, isShared } = options
    this.#bodyKey = bodyKey(masterSecret)
    this.#repeats = new Repeats({ journal, clock, bodyKey: this.#bodyKey, observer, isShared })
  }

  /** Paths of all webhooks. */
  get paths(): string[] {
    return [...this.#byPath.keys()]
  }

  /** Begins to answer a webhook; what is returned ends it. */
  add(webhook: Webhook): () => void {
    const path = `/hooks/${webhook.bot}/${webhook.plugin}/${webhook.name}`
    const owner = this.#options.ownerOf?.(webhook.bot) ?? ''
    const entry: Entry = { webhook, path, owner, rule: ruleOf(webhook.dedupe) }
    this.#byPath.set(path, entry)
    return () => {
      if (this.#byPath.get(path) === entry) this.#byPath.delete(path)
    }
  }

  /** Whether there is a webhook at a path. */
  has(path: string): boolean {
    return this.#byPath.has(path)
  }

  readonly handle = async (asked: Asked): Promise<Answer> => {
    const entry = this.#byPath.get(asked.path) ?? (await this.#awaited(asked.path))
    if (entry === 'late')
      return refuse(503, 'webhook.unavailable', 'the plugin is being loaded; try again later', 5)
    if (!entry) return refuse(404, 'webhook.unknown', `there is no webhook ${asked.path}`)
    const { bodies, maxBytes } = this.#options
    const bounds = { kind: 'webhook', maxBytes, owner: entry.owner }
    return bodies.take(asked, bounds, bytes => this.#take(asked, entry, bytes))
  }

  /** A webhook that is not there while its plugin is loaded anew. */
  async #awaited(path: string): Promise<Entry | 'late' | undefined> {
    const [, , bot = '', plugin = ''] = path.split('/')
    const loading = this.#options.loading?.(bot, plugin)
    if (!loading) return undefined
    const given = new AbortController()
    const late = sleep(this.#options.clock, PATIENCE_MS, given.signal).then(
      () => 'late' as const,
      () => undefined,
    )
    const came = await Promise.race([loading, late])
    given.abort()
    return this.#byPath.get(path) ?? (came === 'late' ? came : undefined)
  }

  async #take(asked: Asked, { webhook, path, rule }: Entry, bytes: Buffer): Promise<Answer> {
    const verdict = verifyWebhook(webhook.auth, name => asked.header(name), bytes)
    if (!verdict.ok) return refuse(401, `webhook.${verdict.reason}`, verdict.message)
    const { bot, plugin } = webhook
    if (this.#options.isFull(bot, plugin)) {
      return refuse(503, 'webhook.busy', 'too many events wait to be handled; try again later', 5)
    }
    const body = parseBody(bytes, asked.header('content-type'))
    if ('problem' in body) return refuse(400, 'webhook.invalid', body.problem)
    const judged = webhook.ask ? await webhook.ask(body.value) : judge(webhook, body.value)
    if (!judged) {
      return refuse(503, 'webhook.unavailable', 'the plugin does not answer now; try again later', 5)
    }
    if ('problem' in judged) return refuse(400, 'webhook.invalid', judged.problem)
    const of = judged.conversation
    const conversation = of === undefined ? '' : conversationOf(webhook.name, of, this.#bodyKey)
    const read: ReadCall = { bytes, body, conversation }
    const taken: Taken = rule
      ? await this.#repeats.take(this.#callOf(asked, path, rule, webhook, read))
      : (await this.#accept(webhook, read, undefined))[0]!
    if (taken.otherBody) return refuse(422, 'webhook.key-reused', KEY_REUSED)
    return {
      status: 202,
      body: taken.repeated ? { event_id: taken.id, repeated: true } : { event_id: taken.id },
    }
  }

  #callOf(asked: Asked, path: string, rule: DedupeRule, webhook: Webhook, read: ReadCall): Call {
    return {
      path,
      rule,
      bytes: read.bytes,
      header: name => asked.header(name),
      accept: dedupe => this.#accept(webhook, read, dedupe).then(([accepted]) => accepted!),
      isSame: data => isDeepStrictEqual((JSON.parse(data) as WebhookData).body, read.body.value),
    }
  }

  #accept(webhook: Webhook, read: ReadCall, dedupe: string | undefined): Promise<Accepted[]> {
    const { bot, plugin, name } = webhook
    const { body, conversation } = read
    const { journal, alsoFor } = this.#options
    // As it came: what the schema makes of it, such as a date, might not survive being written down.
    const data: WebhookData = { name, body: body.value }
    const text = body.isJson ? `{"name":${JSON.stringify(name)},"body":${body.text}}` : undefined
    const recipients: Recipient[] = [{ bot, plugin }]
    if (alsoFor) recipients.push(...alsoFor(bot, plugin, name))
    return journal.accept([{ type: 'webhook', conversation, dedupe, data, text, recipients }])
  }
}

/** Who calls waits so long at most for a plugin that is being loaded. */
const PATIENCE_MS = 5000

const KEY_REUSED =
  'the Idempotency-Key was used for a call with another body; give each call a key of its own, and the same only when it is sent again'

/** A call, as it was read. */
interface ReadCall {
  readonly bytes: Buffer
  readonly body: ParsedBody
  readonly conversation: string
}
