import type { EndpointId, ImEventName } from '../../../protocol/index.ts'
import type { Call } from '../../bot/outbox-entry.ts'
import type { SentSearch } from '../../bot/sent-book.ts'
import type { Delivery } from '../../events/event.ts'
import type { WantedSchedule } from '../../sources/cron/schedule.ts'
import type { JobRange } from '../../sources/jobs.ts'
import type { Reply } from '../../sources/webhook/reply.ts'
import type { Judgement, Webhook } from '../../sources/webhook/webhooks.ts'
import type { CommandRules } from '../commands/commanding.ts'
import type { CommandPattern } from '../commands/pattern/command-pattern.ts'
import type { CommandOptions } from '../context.ts'
import type { Wanted } from '../hearing/listeners.ts'
import type { Chosen } from '../language/language-choices.ts'
import type { Manners } from '../manners.ts'
import type { ChangeHow, StateEntry, StateRange, StateShelf } from '../state/state-keep.ts'
import type { CarriedError } from './carried-error.ts'

/** What a thread is started with. */
export interface ThreadData {
  /** The module that makes the thread's half of what plugins import. */
  readonly entry: string
  /** Of the plugin. */
  readonly file: string
  /** The plugin's settings, as they are written: what a schema makes of them may be nothing that can be sent. */
  readonly settings: unknown
  readonly bot: { readonly id: string; readonly username: string; readonly app?: string | undefined }
  /** Name of the instance. */
  readonly name: string
  readonly manners: Manners
  readonly commandRules?: CommandRules | undefined
  /** Relative paths of media start here. */
  readonly baseDir: string
  /** `told`: time is what the main thread says it is. */
  readonly time: 'machine' | 'told'
  /** Epoch ms. */
  readonly now: number
  /** See {@link Vital}. */
  readonly vitals: SharedArrayBuffer
}

/** What is read of a thread also when it does not answer: places in `vitals`, 32 bits each. */
export const Vital = {
  /** Number of the attempt whose code runs, 0 if that is not known. */
  running: 0,
  /** Attempts up to this number were begun. */
  begun: 1,
} as const
export const VITALS_BYTES = 8

/** What a plugin registered: so much of it as the main thread has to know. */
export interface Registered {
  readonly listeners: readonly Wanted[]
  readonly commands: readonly { readonly pattern: CommandPattern; readonly options: CommandOptions }[]
  readonly events: readonly ImEventName[]
  readonly webhooks: readonly WireWebhook[]
  readonly schedules: readonly WantedSchedule[]
}

/** A webhook without what cannot be sent. `asks`: its bodies have to be shown to the thread. */
export type WireWebhook = Pick<Webhook, 'name' | 'auth' | 'dedupe' | 'accept' | 'keeps' | 'waitMs'> & {
  readonly asks: boolean
}

/** A call of the API. `keep`: it is the attempt's, and kept with the delivery. */
export type WireCall = Pick<
  Call,
  'key' | 'origin' | 'endpoint' | 'lane' | 'priority' | 'event' | 'patient'
> & {
  /** JSON. */
  readonly args: string
  readonly keep: boolean
}

/** What a thread can ask for: arguments and answer. What is a text in place of a value is JSON. */
export interface Services {
  submit(call: WireCall): unknown
  cancel(id: string): boolean
  ended(id: string): unknown
  madeFor(event: string): unknown
  callsFor(event: string): unknown
  lastSent(search: SentSearch): unknown
  isTakenBack(key: string): boolean
  call(endpoint: EndpointId, args: unknown): unknown
  upload(type: 'image' | 'voice' | 'file', bytes: Uint8Array, name: string, seconds?: number): unknown
  row(query: string, params: object): unknown
  rows(query: string, params: object): unknown
  schedule(job: string): void
  unschedule(job: object): void
  waits(job: object): boolean
  /** Names of the commands that owners switched off in a conversation. */
  offIn(conversation: string): readonly string[]
  /** Languages that people chose. */
  chosen(keys: readonly string[]): Chosen
  listJobs(of: object, range: JobRange): unknown
  read(shelf: StateShelf, key: string): string | undefined
  write(shelf: StateShelf, key: string, value: string, ttlMs: number | undefined): void
  remove(shelf: StateShelf, key: string): void
  list(shelf: StateShelf, range: StateRange): readonly StateEntry[]
  /** Writes a value unless it is another one than `former` by now; then it is false. */
  swap(
    shelf: StateShelf,
    key: string,
    former: string | undefined,
    value: string,
    how: ChangeHow,
  ): { readonly text: string | undefined } | false
  /** As {@link DialogueKeep.save}: JSON. */
  saveDialogue(change: string): number
  endDialogue(dialogue: string): void
  forgetDialogue(dialogue: string): void
  knownBroadcast(key: string): WireBroadcast | undefined
  beginBroadcast(wanted: string): WireBroadcast
  findBroadcast(id: string): WireBroadcast | undefined
  listBroadcasts(limit: number | undefined): readonly WireBroadcast[]
  moveBroadcast(id: string, from: readonly string[], to: string): boolean
  progressOf(id: string): unknown
  endOf(id: string): unknown
}
export type ServiceName = keyof Services

export interface WireBroadcast {
  readonly id: string
  readonly bot: string
  readonly title: string
  readonly total: number
  readonly estimateMs: number
}

/** Told to the thread; each with the time it is. */
export type ToThread = { readonly now?: number } & (
  | { readonly type: 'handle'; readonly id: number; readonly delivery: Delivery }
  | { readonly type: 'abort'; readonly id: number; readonly reason: CarriedError }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: CarriedError }
  | { readonly type: 'check'; readonly id: number; readonly webhook: string; readonly body: unknown }
  | { readonly type: 'timer'; readonly id: number }
  | { readonly type: 'ping' | 'dispose' }
)

/** Told by the thread. */
export type FromThread =
  | { readonly type: 'ready' | 'changed'; readonly registered: Registered }
  | { readonly type: 'failed'; readonly error: CarriedError }
  | { readonly type: 'done'; readonly id: number; readonly error?: CarriedError; readonly reply?: Reply }
  | {
      readonly type: 'ask'
      readonly id: number
      /** The attempt it belongs to. */
      readonly attempt: number | undefined
      readonly service: ServiceName
      readonly args: readonly unknown[]
    }
  | {
      readonly type: 'checked'
      readonly id: number
      readonly judged?: Judgement
      readonly error?: CarriedError
    }
  | { readonly type: 'timer'; readonly id: number; readonly ms: number | undefined }
  | { readonly type: 'log'; readonly line: WireLine }
  | { readonly type: 'pong' | 'disposed' }

/** A line of the log. Errors among its fields are set apart. */
export interface WireLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly errors: Readonly<Record<string, CarriedError>>
}
