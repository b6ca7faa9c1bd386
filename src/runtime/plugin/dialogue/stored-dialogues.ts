import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import { change, type Store } from '../../../store/index.ts'
import type { RuntimeTables } from '../../../store/schema/runtime.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import type { Jobs } from '../../sources/jobs.ts'
import { DEFAULT_LANGUAGE } from '../../texts/language.ts'
import { UserError } from '../user-error.ts'
import { ASK_JOB, type AskJobData, askJobKey } from './ask-job.ts'
import {
  type DialogueChange,
  type DialogueKeep,
  type DialogueLog,
  LOG_BYTES,
  originOf,
  partnersOf,
  type SavedDialogue,
} from './dialogue.ts'
import { DialogueOver } from './dialogue-over.ts'
import { type DialogueKey, deletion, dialogueByKey, saveDialogue, updateDialogue } from './dialogue-rows.ts'
import { dialogueTexts } from './dialogue-texts.ts'
import type { OpenDialogues } from './open-dialogues.ts'

export interface StoredDialoguesOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly makeId: () => string
  readonly jobs: Pick<Jobs, 'schedule' | 'cancel'>
  readonly open: OpenDialogues
  readonly bot: string
  readonly plugin: string
}

/** Keeps the dialogues of a plugin of a bot in the store, each with the job that tells when its time is up. */
export class StoredDialogues implements DialogueKeep {
  readonly #options: StoredDialoguesOptions

  constructor(options: StoredDialoguesOptions) {
    this.#options = options
  }

  async save(_attempt: Attempt, { log, revision: former, timeoutMs }: DialogueChange): Promise<number> {
    const { store, clock, open, bot } = this.#options
    const key = this.#keyOf(log)
    const isNew = former === 0 && !(open.mayHave(key) && (await store.read.first(dialogueByKey, key)))
    if (isNew && (await open.isFull(bot))) throw new UserError(sayIn(log)('full'))
    const revision = former + 1
    const row = { ...key, event_id: originOf(log).id, log: this.#textOf(log), revision, former }
    if (timeoutMs === undefined) {
      const [changed] = await store.apply(change(updateDialogue, row))
      if (changed !== 1) throw moved()
      return revision
    }
    const expires_at = clock.now() + timeoutMs
    // Each is of no use without the other, and both are there before the question is asked.
    const [[changed]] = await Promise.all([
      store.apply(change(saveDialogue, { ...row, expires_at })),
      this.#remind(key, expires_at),
    ])
    if (changed !== 1) throw await this.#refusal(key, row.event_id)
    open.add(key)
    return revision
  }

  async end(attempt: Attempt, { log, revision }: SavedDialogue): Promise<void> {
    const { store, jobs, open, bot, plugin } = this.#options
    const key = this.#keyOf(log)
    const { delivery } = attempt
    const over: DialogueLog = { segments: [], over: delivery.event.id }
    const event_id = originOf(log).id
    const next = { event_id, revision: revision + 1 }
    const row = { ...key, ...next, former: revision, log: JSON.stringify(over) }
    // Should the process end before it is noted that the event was handled, it is known that it was.
    delivery.also = [deletion(key, next)]
    await Promise.all([
      store.apply(change(updateDialogue, row)),
      jobs.cancel({ bot, plugin, name: ASK_JOB, key: askJobKey(key) }),
    ])
    open.remove(key)
  }

  async forget(_attempt: Attempt, { log, revision }: SavedDialogue): Promise<void> {
    const { store, open } = this.#options
    const key = this.#keyOf(log)
    await store.apply(deletion(key, { event_id: originOf(log).id, revision }))
    open.remove(key)
  }

  #remind(key: DialogueKey, expiresAt: number): Promise<void> {
    const { bot, plugin, jobs } = this.#options
    const { conversation, person } = key
    const data: AskJobData = { conversation, person, expiresAt }
    return jobs.schedule({ bot, plugin, name: ASK_JOB, key: askJobKey(key), dueAt: expiresAt, data })
  }

  /** A question that is asked now is answered by what comes later. */
  #textOf(log: DialogueLog): string {
    const { open } = log
    const asked = open && (open.asked || this.#options.makeId())
    const text = JSON.stringify(open ? { ...log, open: { ...open, asked } } : log)
    if (Buffer.byteLength(text) <= LOG_BYTES) return text
    throw new AppError(`a dialogue has become too large: more than ${LOG_BYTES} bytes`, {
      code: 'dialogue.large',
      hint: 'Ask fewer questions in one handler.',
    })
  }

  /** Why it was not written: a newer one is there, or it has gone on. */
  async #refusal(key: DialogueKey, event: string): Promise<Error> {
    const row = await this.#options.store.read.first(dialogueByKey, key)
    return row && row.event_id > event ? new DialogueOver('replaced', DEFAULT_LANGUAGE) : moved()
  }

  #keyOf(log: DialogueLog): DialogueKey {
    const { bot, plugin } = this.#options
    return { ...partnersOf(originOf(log)), bot, plugin }
  }
}

const sayIn = ({ language = DEFAULT_LANGUAGE }: DialogueLog) => dialogueTexts.in(language)

/** Another process has gone on with it. */
const moved = (): AppError =>
  new AppError('the dialogue has gone on elsewhere', { code: 'dialogue.moved', retry: 'later' })
