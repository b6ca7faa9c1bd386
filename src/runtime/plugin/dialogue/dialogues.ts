import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import type { MessageRecord } from '../../../protocol/index.ts'
import type { Store } from '../../../store/index.ts'
import type { DialogueTable, RuntimeTables } from '../../../store/schema/runtime.ts'
import { type Attempt, keyPrefix } from '../../dispatch/attempt.ts'
import type { Delivery, JobData, Recipient, StoredEvent } from '../../events/event.ts'
import type { Journal } from '../../events/journal.ts'
import type { Jobs } from '../../sources/jobs.ts'
import type { PluginHost } from '../host.ts'
import { ASK_JOB, type AskJobData } from './ask-job.ts'
import type { DialogueKeep, DialogueLog, Partners, Segment } from './dialogue.ts'
import { type DialogueKey, deletion, dialogueByKey } from './dialogue-rows.ts'
import { madeCalls } from './made.ts'
import { OpenDialogues } from './open-dialogues.ts'
import { type Part, partOfMessage, partOfTimeout } from './resume.ts'
import { StoredDialogues } from './stored-dialogues.ts'

export interface DialoguesOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  readonly makeId: () => string
  readonly jobs: Pick<Jobs, 'schedule' | 'cancel'>
  readonly journal: Pick<Journal, 'callsFor'>
  readonly host: Pick<PluginHost, 'instance' | 'instances' | 'loading' | 'handle'>
  /** The appKey of a bot's app. */
  readonly appOf: (bot: string) => string
  /** Whether other processes work on the same database. */
  readonly isShared: boolean
}

/**
 * The dialogues of all bots' plugins: finds which an event goes on with, before its plugin handles it, and whom a message
 * is for as somebody waits for an answer.
 */
export class Dialogues {
  readonly #options: DialoguesOptions
  readonly #open: OpenDialogues

  constructor(options: DialoguesOptions) {
    this.#options = options
    this.#open = new OpenDialogues(options)
  }

  /** Learns which there are. */
  start(): Promise<void> {
    return this.#open.load()
  }

  /** Where the dialogues of a plugin of a bot are kept. */
  of(bot: string, plugin: string): DialogueKeep {
    return new StoredDialogues({ ...this.#options, open: this.#open, bot, plugin })
  }

  /** Who waits for messages of an app as answers, a list for each; `undefined` when nobody waits for any. */
  readonly waitingFor = (
    messages: readonly Pick<StoredEvent<MessageRecord>, 'conversation' | 'data'>[],
    appKey: string,
  ): Waiting | Promise<Waiting> => {
    const all = messages.map(({ conversation, data }) => ({ conversation, person: data.from_id }))
    const found = this.#open.among(all)
    if (found === undefined) return undefined
    const sort = (keys: readonly DialogueKey[]) =>
      all.map(partners => this.#recipients(keys, partners, appKey))
    return found instanceof Promise ? found.then(sort) : sort(found)
  }

  #recipients(keys: readonly DialogueKey[], { conversation, person }: Partners, appKey: string): Recipient[] {
    const { appOf } = this.#options
    return keys.flatMap(key => {
      const { bot, plugin } = key
      if (key.conversation !== conversation || key.person !== person || appOf(bot) !== appKey) return []
      return this.#isThere(key) ? [{ bot, plugin }] : []
    })
  }

  /** Whether there is somebody to go on with it. */
  #isThere({ bot, plugin }: Recipient): boolean {
    const { host } = this.#options
    return host.instance(bot, plugin) !== undefined || host.loading(bot, plugin) !== undefined
  }

  /** Has a delivery handled: as the next part of a dialogue, if it is that. */
  readonly handle = (attempt: Attempt): unknown => {
    const { delivery } = attempt
    if (delivery.dialogue) delivery.dialogue = undefined
    if (delivery.also) delivery.also = undefined
    const partners = partnersIn(delivery.event)
    if (!partners) return this.#options.host.handle(attempt)
    const { bot, plugin } = delivery
    const key = { ...partners, bot, plugin }
    if (delivery.event.type !== 'job' && !this.#open.mayHave(key)) return this.#options.host.handle(attempt)
    return this.#goOn(attempt, key)
  }

  async #goOn(attempt: Attempt, key: DialogueKey): Promise<unknown> {
    const { store, host, log } = this.#options
    const { delivery } = attempt
    const row = await store.read.first(dialogueByKey, key)
    if (!row) this.#open.remove(key)
    const part = row ? this.#partOf(delivery, row) : 'other'
    const about = { event: delivery.event.id, ...key }
    if (
      row &&
      part !== 'other' &&
      part !== 'past' &&
      !this.#isThere(key) &&
      host.instances(key.bot).length > 0
    ) {
      log.info(about, 'the plugin of a dialogue is gone; the dialogue is over')
      await store.apply(deletion(key, row))
      this.#open.remove(key)
      return undefined
    }
    if (part === 'past') {
      log.debug(about, 'an event was seen to before in its dialogue')
      if ((JSON.parse(row!.log) as DialogueLog).over !== undefined) delivery.also = [deletion(key, row!)]
      return undefined
    }
    if (row && part !== 'other') {
      const brings = part === 'again' ? undefined : part
      const { revision } = row
      delivery.dialogue = { log: await this.#wholeLog(JSON.parse(row.log), delivery), revision, brings }
    } else if (delivery.event.type === 'job') return undefined
    attempt.throwIfAborted()
    return host.handle(attempt)
  }

  #partOf({ event, bot }: Delivery, row: DialogueTable): Part {
    const { host } = this.#options
    const dialogue = { log: JSON.parse(row.log) as DialogueLog, expiresAt: Number(row.expires_at) }
    if (event.type === 'job') {
      const { expiresAt } = (event.data as JobData).data as AskJobData
      return partOfTimeout(event.id, dialogue, expiresAt)
    }
    const { msg_type, msg_body } = event.data as MessageRecord
    const text = msg_type === 'text' ? String(msg_body.text ?? '') : ''
    const isCommand = () => host.instances(bot).some(({ commands }) => commands.find(text) !== undefined)
    return partOfMessage(event as StoredEvent<MessageRecord>, dialogue, isCommand)
  }

  /** What the last event did after it had asked, or did not wait for, is with its delivery. */
  async #wholeLog(log: DialogueLog, delivery: Delivery): Promise<DialogueLog> {
    const last = log.segments.at(-1)!
    if (last.event.id === delivery.event.id) return log
    const calls = await this.#options.journal.callsFor(last.event.id, delivery.bot)
    const made = madeCalls(calls, keyPrefix({ ...delivery, event: last.event }))
    const whole: Segment = { ...last, made: { ...last.made, ...made } }
    return { ...log, segments: [...log.segments.slice(0, -1), whole] }
  }
}

type Waiting = readonly (readonly Recipient[])[] | undefined

/** With whom a dialogue would be that an event goes on with. */
function partnersIn({ type, conversation, data }: StoredEvent): Partners | undefined {
  if (type.startsWith('message.')) return { conversation, person: (data as MessageRecord).from_id }
  if (type !== 'job' || (data as JobData).name !== ASK_JOB) return undefined
  const { person } = (data as JobData).data as AskJobData
  return { conversation, person }
}
