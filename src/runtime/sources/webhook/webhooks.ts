import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { type Clock, sleep } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import { describeIssue } from '../../../protocol/index.ts'
import type { Recipient, WebhookData } from '../../events/event.ts'
import type { Accepted, Journal, NewEvent } from '../../events/journal.ts'
import type { Observer } from '../../observer.ts'
import type { Answer, Asked } from '../answer.ts'
import type { Bodies } from '../bodies.ts'
import { callerAddress } from './caller-address.ts'
import { bodyKey, conversationOf, type DedupeRule, ruleOf, type WebhookDedupe } from './dedupe.ts'
import { ipRanges } from './ip-ranges.ts'
import { type Kept, type KeptNames, keptOf, NOTHING } from './kept-fields.ts'
import { type ParsedBody, parseBody, type WebhookAccept } from './parse-body.ts'
import { Refusals } from './refusals.ts'
import { type Call, Repeats, type Taken } from './repeats.ts'
import { type Verifier, verifierOf } from './verify.ts'
import { Waits } from './waits.ts'
import type { WebhookAuth } from './webhook-auth.ts'

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
  /** As what bodies are taken. Default: as JSON, or as a form. */
  readonly accept?: WebhookAccept | undefined
  /** What of a call is kept with its event besides. */
  readonly keeps?: KeptNames | undefined
  /** So long is it waited for what the handler answers. */
  readonly waitMs?: number | undefined
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
  readonly verify: Verifier
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
  /** Told of refusals, now and then. */
  readonly log?: Log
  /** See {@link RepeatsOptions.isShared}. */
  readonly isShared?: boolean
  /** Addresses of proxies that are believed whom they say a call is from. Default: none. */
  readonly trustProxies?: readonly string[] | undefined
  /** Whether events of a conversation are handled by this process, so that their end is heard of. Default: yes. */
  readonly isHere?: (conversation: string) => boolean
  /** Whether there are several apps. */
  readonly hasTenants?: boolean
}

/**
 * Answers `POST /hooks/{bot}/{plugin}/{name}`: 202 with the event's id once the event is on disk, or, where the webhook
 * waits, with what its handler answers in time. A call that comes again is answered the same, and `repeated`.
 */
export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #repeats: Repeats
  readonly #refusals: Refusals
  readonly #bodyKey: Buffer
  readonly #isProxy: (address: string) => boolean
  readonly #byPath = new Map<string, Entry>()
  /** Callers that wait for handlers. */
  readonly waits: Waits

  constructor(options: WebhooksOptions) {
    this.#options = options
    const { journal, clock, masterSecret, observer, log, isShared, trustProxies = [], hasTenants } = options
    this.#bodyKey = bodyKey(masterSecret)
    this.#repeats = new Repeats({ journal, clock, bodyKey: this.#bodyKey, observer, isShared })
    this.#refusals = new Refusals({ clock, log, observer })
    this.#isProxy = ipRanges(trustProxies)
    this.waits = new Waits({ clock, ...(hasTenants ? { isShared: true } : {}) })
  }

  /** Paths of all webhooks. */
  get paths(): string[] {
    return [...this.#byPath.keys()]
  }

  /** All webhooks, each with its path. */
  get all(): readonly (Webhook & { readonly path: string })[] {
    return [...this.#byPath.values()].map(({ webhook, path }) => ({ ...webhook, path }))
  }

  /** Begins to answer a webhook; what is returned ends it. */
  add(webhook: Webhook): () => void {
    const path = `/hooks/${webhook.bot}/${webhook.plugin}/${webhook.name}`
    const owner = this.#options.ownerOf?.(webhook.bot) ?? ''
    const entry: Entry = {
      ...{ webhook, path, owner },
      rule: ruleOf(webhook.dedupe, webhook.auth),
      verify: verifierOf(webhook.auth),
    }
    this.#byPath.set(path, entry)
    return () => {
      if (this.#byPath.get(path) === entry) this.#byPath.delete(path)
    }
  }

  /** Whether there is a webhook at a path. */
  has(path: string): boolean {
    return this.#byPath.has(path)
  }

  /** How callers of the webhook at a path prove who they are. */
  authOf(path: string): WebhookAuth | undefined {
    return this.#byPath.get(path)?.webhook.auth
  }

  readonly handle = async (asked: Asked): Promise<Answer> => {
    const entry = this.#byPath.get(asked.path) ?? (await this.#awaited(asked.path))
    const refusals = this.#refusals
    if (entry === 'late') {
      return refusals.refuse(undefined, 'unavailable', 'the plugin is being loaded; try again later')
    }
    if (!entry) return refusals.refuse(undefined, 'unknown', `there is no webhook ${asked.path}`)
    const { bodies, maxBytes } = this.#options
    const { owner, webhook } = entry
    const bounds = {
      ...{ kind: 'webhook', maxBytes, owner },
      refused: (reason: 'too-large' | 'busy', message: string) => refusals.note(webhook, reason, message),
    }
    const taken = await bodies.take(asked, bounds, bytes => this.#take(asked, entry, bytes))
    // By then the body is no longer held.
    if (!('id' in taken)) return taken
    return webhook.waitMs === undefined ? acceptance(taken) : this.#answered(taken, entry, webhook.waitMs)
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

  async #take(asked: Asked, entry: Entry, bytes: Buffer): Promise<Answer | Taken> {
    const { webhook, path, rule, verify } = entry
    const { clock, isFull } = this.#options
    const header = (name: string) => asked.header(name)
    const from = webhook.auth.ips && (() => callerAddress(asked.from, header, this.#isProxy))
    const verdict = verify(header, bytes, { now: clock.now(), from })
    const refusals = this.#refusals
    if (!verdict.ok) return refusals.refuse(webhook, verdict.reason, verdict.message)
    const { bot, plugin } = webhook
    if (isFull(bot, plugin)) {
      return refusals.refuse(webhook, 'busy', 'too many events wait to be handled; try again later')
    }
    const body = parseBody(bytes, asked.header('content-type'), webhook.accept)
    if ('problem' in body) {
      return refusals.refuse(webhook, body.status === 415 ? 'type' : 'invalid', body.problem)
    }
    const judged = webhook.ask ? await webhook.ask(body.value) : judge(webhook, body.value)
    if (!judged) {
      return refusals.refuse(webhook, 'unavailable', 'the plugin does not answer now; try again later')
    }
    if ('problem' in judged) return refusals.refuse(webhook, 'invalid', judged.problem)
    const kept = webhook.keeps ? keptOf(webhook.keeps, header, name => asked.parameter?.(name)) : NOTHING
    if ('problem' in kept) return refusals.refuse(webhook, 'invalid', kept.problem)
    const of = judged.conversation
    const conversation = of === undefined ? '' : conversationOf(webhook.name, of, this.#bodyKey)
    const read: ReadCall = { bytes, body, conversation, kept }
    const taken: Taken = rule
      ? await this.#repeats.take(this.#callOf(asked, path, rule, webhook, read))
      : (await this.#accept(webhook, read, undefined))[0]!
    return taken.otherBody ? refusals.refuse(webhook, 'key-reused', KEY_REUSED) : taken
  }

  async #answered(taken: Taken, { owner }: Entry, waitMs: number): Promise<Answer> {
    const reply = await this.waits.wait(taken.id, owner, waitMs)
    return reply ? { status: reply.status as Answer['status'], reply } : acceptance(taken)
  }

  #callOf(asked: Asked, path: string, rule: DedupeRule, webhook: Webhook, read: ReadCall): Call {
    return {
      path,
      rule,
      bytes: read.bytes,
      header: name => asked.header(name),
      accept: dedupe => this.#accept(webhook, read, dedupe).then(([accepted]) => accepted!),
      isSame: data => isDeepStrictEqual((JSON.parse(data) as WebhookData).body, read.body.stored),
    }
  }

  #accept(webhook: Webhook, read: ReadCall, dedupe: string | undefined): Promise<Accepted[]> {
    const { bot, plugin, name, waitMs } = webhook
    const { body, conversation, kept } = read
    const { journal, alsoFor, isHere } = this.#options
    const besides = body.encoding || kept !== NOTHING ? { encoding: body.encoding, ...kept } : undefined
    // As it came: what the schema makes of it, such as a date, might not survive being written down.
    const data: WebhookData = { name, body: body.stored, ...besides }
    const text = body.json === undefined ? undefined : textOf(name, body.json, besides)
    const recipients: Recipient[] = [{ bot, plugin }]
    if (alsoFor) recipients.push(...alsoFor(bot, plugin, name))
    const event = { type: 'webhook', conversation, dedupe, data, text, recipients }
    const waits = waitMs !== undefined && (isHere?.(conversation) ?? true)
    return waits ? this.#acceptAwaited(event, { bot, plugin }) : journal.accept([event])
  }

  async #acceptAwaited(event: NewEvent, recipient: Recipient): Promise<Accepted[]> {
    let begun: string | undefined
    const named = (id: string) => {
      begun = id
      this.waits.begin(id, recipient)
    }
    let accepted: Accepted[] = []
    try {
      accepted = await this.#options.journal.accept([{ ...event, named }])
      return accepted
    } finally {
      if (begun !== undefined && accepted[0]?.id !== begun) this.waits.forget(begun)
    }
  }
}

const acceptance = ({ id, repeated }: Taken): Answer => ({
  status: 202,
  body: repeated ? { event_id: id, repeated: true } : { event_id: id },
})

/** The data of an event as JSON, around a body that is JSON already. */
const textOf = (name: string, body: string, besides: object | undefined): string =>
  `{"name":${JSON.stringify(name)},"body":${body}${besides ? `,${JSON.stringify(besides).slice(1)}` : '}'}`

/** Who calls waits so long at most for a plugin that is being loaded. */
const PATIENCE_MS = 5000

const KEY_REUSED =
  'the Idempotency-Key was used for a call with another body; give each call a key of its own, and the same only when it is sent again'

/** A call, as it was read. */
interface ReadCall {
  readonly bytes: Buffer
  readonly body: ParsedBody
  readonly conversation: string
  readonly kept: Kept
}
