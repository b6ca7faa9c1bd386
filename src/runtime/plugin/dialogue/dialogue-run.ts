import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import type { Log } from '../../../base/log.ts'
import type { MessageRecord } from '../../../protocol/index.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import type { Language } from '../../texts/language.ts'
import { Message } from '../message.ts'
import {
  type DialogueKeep,
  type DialogueLog,
  MOST_STEPS,
  type OpenQuestion,
  type SavedDialogue,
  type Segment,
  type StepOutcome,
} from './dialogue.ts'
import { DialogueAttempt } from './dialogue-attempt.ts'
import { DialogueOver } from './dialogue-over.ts'
import { madeIn } from './made.ts'
import { Once } from './once.ts'
import type { Question } from './question.ts'

/** What a plugin of a bot holds dialogues with. */
export interface DialogueMeans {
  /** Absent where nothing may be kept: in the shadow, a question is asked and that is all. */
  readonly keep: DialogueKeep | undefined
  readonly clock: Clock
  readonly log: Log
}

/** The handler goes no further: what comes of its question comes in a later run of it. */
const never = new Promise<never>(() => {})

/**
 * One run of what handles a message, and may ask. Where it asks it ends; when an answer comes, the same handler runs
 * again with it, from its beginning, and with all earlier answers.
 */
export class DialogueRun {
  /** To which what the handler asks for belongs. */
  readonly attempt: Attempt
  readonly #real: Attempt
  readonly #means: DialogueMeans
  /** Absent in a first run. */
  readonly #past: DialogueAttempt | undefined
  /** Made when it is needed: most handlers ask nothing. */
  #segments: Segment[] | undefined
  /** As it is on disk. */
  #saved: SavedDialogue | undefined
  /** The question that waits for an answer, until the handler has come to it. */
  #open: OpenQuestion | undefined
  /** What the event brings, until the handler has taken it. */
  #brings: 'message' | 'timeout' | undefined
  #message!: Message
  #language!: Language
  #isAsking = false
  #isSuspended = false
  #suspend = () => {}
  #once: Once | undefined

  constructor(real: Attempt, means: DialogueMeans) {
    const { dialogue } = real.delivery
    this.#real = real
    this.#means = means
    this.#saved = dialogue
    this.#open = dialogue?.log.open
    this.#brings = dialogue?.brings
    this.#segments = dialogue && [...dialogue.log.segments]
    this.#past = this.#segments && new DialogueAttempt(real, this.#segments)
    this.attempt = this.#past ?? real
  }

  get isResumed(): boolean {
    return this.#brings !== undefined
  }

  get once(): Once {
    const { dialogue } = this.#real.delivery
    this.#once ??= new Once(this.attempt, dialogue?.log.draft, draft => this.#keepDraft(draft))
    return this.#once
  }

  /** Of a dialogue that goes on: what was asked is known again by its text. */
  get language(): Language | undefined {
    return this.#saved?.log.language
  }

  /** Has a message handled: the one that began it. Resolves when that is done, or has asked. */
  during(message: Message, language: Language, handle: () => Promise<void>): Promise<void> {
    this.#message = message
    this.#language = language
    return this.#past ? this.#finish(handle) : this.#run(handle)
  }

  async #finish(handle: () => Promise<void>): Promise<void> {
    await this.#run(handle)
    if (this.#saved && !this.#isSuspended) await this.#end(this.#saved)
  }

  #run(handle: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#suspend = resolve
      handle().then(resolve, error => this.#sayOver(error).then(resolve, reject))
    })
  }

  /** Says that there is no answer, where the handler does not. */
  async #sayOver(error: unknown): Promise<void> {
    if (!(error instanceof DialogueOver)) throw error
    if (error.message !== '') await this.#message.reply(error.message)
  }

  async #end(saved: SavedDialogue): Promise<void> {
    if (this.#past && !this.#past.isNow) {
      const { id: event } = this.#real.delivery.event
      this.#means.log.info(
        { event },
        'nothing asks any more what a dialogue waits for; the answer is passed over',
      )
    }
    // Calls that the handler did not wait for belong to it, too.
    await this.#real.idle()
    await this.#means.keep?.end(this.#real, saved)
  }

  /** @throws DialogueOver; AppError `ask.twice`, `dialogue.steps` */
  async ask(question: Question): Promise<unknown> {
    this.attempt.throwIfAborted()
    if (this.#isAsking) throw twice()
    this.#isAsking = true
    const answer = await this.#answerTo(question).finally(() => {
      this.#isAsking = false
    })
    return answer
  }

  async #answerTo(question: Question): Promise<unknown> {
    const past = this.#past
    if (!past) return this.#askNow(question)
    while (past.next?.outcome === 'anew') past.goOn()
    const { next } = past
    if (next) {
      const known = next.question === question.id ? await this.#recorded(question, next) : undefined
      if (known) return known.value
    } else if (this.#open?.question === question.id) {
      if (this.#brings) return this.#take(question, this.#open)
      if (past.isNow) return this.#askNow(question, this.#open)
    }
    if (next || this.#open || !past.isNow) this.#beginAnew(past)
    return this.#askNow(question)
  }

  /** How a question ended in an earlier run; `undefined` when its answer cannot be read any more. */
  async #recorded(question: Question, { event, outcome }: Segment): Promise<{ value: unknown } | undefined> {
    if (outcome === 'answer') {
      const read = await question.reread(this.#messageOf(event.data as MessageRecord))
      if ('complaint' in read) return undefined
      this.#past!.goOn()
      return read
    }
    this.#past!.goOn()
    throw this.#over(outcome as 'cancelled' | 'timeout' | 'tries')
  }

  /** Takes what the event brings for the question that is open. */
  async #take(question: Question, open: OpenQuestion): Promise<unknown> {
    if (this.#brings === 'timeout') throw this.#step(question, 'timeout')
    const message = this.#messageOf(this.#real.delivery.event.data as MessageRecord)
    if (question.isCancel(message)) throw this.#step(question, 'cancelled')
    const read = await question.read(message)
    if (!('complaint' in read)) {
      this.#step(question, 'answer')
      return read.value
    }
    const { id } = this.#real.delivery.event
    const tries = open.tries.includes(id) ? open.tries : [...open.tries, id]
    if (tries.length >= question.tries) throw this.#step(question, 'tries')
    this.#past!.comeToNow()
    await this.#save({ ...this.#saved!.log, open: { ...open, tries } }, question.timeoutMs)
    await this.#message.reply(read.complaint)
    return this.#wait()
  }

  /** The question has ended, and the handler goes on; with the error, where there is no answer. */
  #step(question: Question, outcome: StepOutcome): DialogueOver {
    const { id, type, conversation, createdAt, data } = this.#real.delivery.event
    const event = { id, type, conversation, createdAt, data: outcome === 'answer' ? data : null }
    this.#all.push({ event, outcome, question: question.id, made: {} })
    this.#past!.goOn()
    this.#open = undefined
    this.#brings = undefined
    return this.#over(outcome === 'answer' || outcome === 'anew' ? 'replaced' : outcome)
  }

  #over(reason: DialogueOver['reason']): DialogueOver {
    return new DialogueOver(reason, this.#language)
  }

  /** The handler asks something else than it did: from here on it is asked anew. */
  #beginAnew(past: DialogueAttempt): void {
    const { id, type, conversation, createdAt } = this.#real.delivery.event
    this.#means.log.info(
      { event: id },
      'a dialogue goes on from another question than before: its handler has changed',
    )
    past.forgetLater()
    if (!past.isNow) {
      const event = { id, type, conversation, createdAt, data: null }
      this.#all.push({ event, outcome: 'anew', made: {} })
      past.goOn()
    }
    this.#open = undefined
    this.#brings = undefined
  }

  /** @param again  the same question, if it was written down before that it is asked */
  async #askNow(question: Question, again?: OpenQuestion): Promise<never> {
    if (this.#all.filter(({ outcome }) => outcome !== 'anew').length > MOST_STEPS) throw tooLong()
    const { id: by } = this.#real.delivery.event
    const { id, commands } = question
    const open = again ?? { question: id, by, asked: '', commands, tries: [] }
    const former = this.#saved
    const language = this.#language
    await this.#save({ segments: this.#segmentsNow(), language, open }, question.timeoutMs)
    try {
      await this.#message.reply(question.text)
    } catch (error) {
      await this.#takeBack(former)
      throw error
    }
    return this.#wait()
  }

  /** The question could not be asked: all is as it was before. */
  async #takeBack(former: SavedDialogue | undefined): Promise<void> {
    const { keep, log } = this.#means
    const saved = this.#saved
    if (!keep || !saved) return
    try {
      if (former) await this.#save(former.log, undefined)
      else await keep.forget(this.#real, saved)
    } catch (err) {
      log.warn(
        { err, event: this.#real.delivery.event.id },
        'a question that was not asked could not be taken back',
      )
    }
    this.#saved = former && this.#saved
  }

  #wait(): Promise<never> {
    this.#isSuspended = true
    this.#suspend()
    return never
  }

  get #all(): Segment[] {
    this.#segments ??= [{ event: this.#real.delivery.event, made: {} }]
    return this.#segments
  }

  /** The segments, with what came of all that the handler asked for until now. */
  #segmentsNow(): Segment[] {
    const { delivery, outcomes } = this.#real
    const now = this.#means.clock.now()
    return this.#all.map(segment => {
      const made = madeIn(outcomes, { ...delivery, event: segment.event }, now)
      return { ...segment, made: { ...segment.made, ...made } }
    })
  }

  async #keepDraft(draft: NonNullable<DialogueLog['draft']>): Promise<void> {
    // Before the first question there is nothing to write it into: it is written with that.
    if (this.#saved && this.#past?.isNow) await this.#save({ ...this.#saved.log, draft }, undefined)
  }

  async #save(log: DialogueLog, timeoutMs: number | undefined): Promise<void> {
    const { keep } = this.#means
    if (!keep) return
    const change = { log, revision: this.#saved?.revision ?? 0 }
    const revision = await keep.save(this.#real, timeoutMs === undefined ? change : { ...change, timeoutMs })
    if (revision > 0) this.#saved = { log, revision }
  }

  #messageOf(record: MessageRecord): Message {
    return new Message(this.#message.bot, record)
  }
}

const twice = (): AppError =>
  new AppError('a question is being asked already', {
    code: 'ask.twice',
    hint: 'Await one ask before the next.',
  })

const tooLong = (): AppError =>
  new AppError(`a dialogue has ${MOST_STEPS} answers at most`, { code: 'dialogue.steps' })
