import { hash } from 'node:crypto'
import type { z } from 'zod'
import { AppError } from '../../../base/errors.ts'
import { type Duration, toMs } from '../../bot/context.ts'
import { isArgumentType } from '../commands/pattern/argument-types.ts'
import { folded } from '../commands/pattern/command-word.ts'
import { fitsMessage } from '../fields.ts'
import type { Manners } from '../manners.ts'
import type { Message } from '../message.ts'
import { UserError } from '../user-error.ts'
import { CANCEL_WORDS, dialogueTexts } from './dialogue-texts.ts'
import {
  choiceReader,
  confirmReader,
  messageReader,
  type Read,
  type Reader,
  schemaReader,
  typeReader,
  type Ways,
} from './readers.ts'

/** The options of `ask`, of whatever kind. Plugins may be written in plain JavaScript: all of it is looked at. */
export interface AnyAskOptions {
  readonly choices?: readonly string[] | undefined
  readonly type?: string | undefined
  readonly schema?: z.ZodType | undefined
  readonly validate?: ((value: never) => unknown) | undefined
  readonly timeout?: Duration
  readonly retries?: number
  readonly cancel?: readonly string[] | false
  readonly commands?: 'answer'
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000
const TIMEOUT_MS = { least: 1000, most: 7 * 24 * 3_600_000 }
const DEFAULT_RETRIES = 2
const MOST_RETRIES = 20
const MOST_CHOICES = 100
const CHOICE_CHARS = 100
const MOST_CANCEL_WORDS = 20

/** How somebody is asked. */
export type AskManners = Pick<Manners, 'language' | 'prefix' | 'timezone'>

/** A question, found to be one that can be asked. */
export class Question {
  /** As it is asked. */
  readonly text: string
  /** By what it is known again when the handler runs again. */
  readonly id: string
  readonly timeoutMs: number
  /** So many answers may come until one fits. */
  readonly tries: number
  readonly commands: 'answer' | 'command'
  readonly #reader: Reader
  readonly #validate: AnyAskOptions['validate']
  readonly #cancelWords: ReadonlySet<string>
  readonly #ways: Ways

  /** @throws AppError `ask.invalid` */
  constructor(
    question: unknown,
    options: AnyAskOptions,
    manners: AskManners,
    kind: 'any' | 'confirm' = 'any',
  ) {
    const { language, prefix } = manners
    const isChinese = /^zh\b/.test(language)
    this.#ways = { say: dialogueTexts.in(language), isChinese, timezone: manners.timezone }
    if (typeof question !== 'string' || question.trim() === '') throw invalid('the question must be a text')
    this.#reader = kind === 'confirm' ? confirmReader(this.#ways) : readerOf(options, this.#ways)
    this.text = this.#reader.shown(question)
    if (!fitsMessage(this.text)) throw invalid('the question is too long for one message')
    this.id = hash('sha256', `${this.#reader.kind}\n${this.text}`, 'hex').slice(0, 16)
    this.timeoutMs = timeoutOf(options.timeout)
    this.tries = 1 + retriesOf(options.retries)
    this.commands = options.commands === 'answer' ? 'answer' : 'command'
    this.#validate = options.validate
    this.#cancelWords = cancelWordsOf(options.cancel, prefix)
  }

  /** Whether a message ends the dialogue. */
  isCancel({ text }: Message): boolean {
    const word = folded(text.trim())
    return this.#cancelWords.has(word) && !this.#reader.isAnswer?.(text.trim())
  }

  /** Reads an answer that was found to fit before. */
  reread(message: Message): Read | Promise<Read> {
    return this.#reader.read(message)
  }

  /** Reads an answer, and looks whether it fits. */
  async read(message: Message): Promise<Read> {
    const read = await this.#reader.read(message)
    if ('complaint' in read) return this.#complaint(read.complaint)
    if (!this.#validate) return read
    const verdict = await this.#validated(read.value)
    if (verdict === false) return this.#complaint(this.#ways.say('unfit'))
    return typeof verdict === 'string' ? this.#complaint(verdict) : read
  }

  async #validated(value: unknown): Promise<unknown> {
    try {
      return await this.#validate!(value as never)
    } catch (error) {
      if (error instanceof UserError) return error.message
      throw error
    }
  }

  /** Says, too, how one gets out of it. */
  #complaint(text: string): Read {
    const { say } = this.#ways
    if (this.#cancelWords.size === 0) return { complaint: text }
    const whole = `${text}\n${say('stop', { word: say('word') })}`
    return { complaint: fitsMessage(whole) ? whole : say('unfit') }
  }
}

function readerOf({ choices, type, schema }: AnyAskOptions, ways: Ways): Reader {
  if ([choices, type, schema].filter(given => given !== undefined).length > 1)
    throw invalid('of choices, type and schema one may be given')
  if (choices !== undefined) return choiceReader(checkedChoices(choices), ways)
  if (schema !== undefined) return schemaReader(schema, ways)
  if (type === 'message') return messageReader
  if (type === undefined || isArgumentType(type)) return typeReader(type ?? 'string', ways)
  throw invalid(`there is no type '${type}'`)
}

function checkedChoices(choices: readonly string[]): readonly string[] {
  const isChoice = (choice: unknown) =>
    typeof choice === 'string' && choice.trim() !== '' && choice.length <= CHOICE_CHARS
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > MOST_CHOICES)
    throw invalid(`choices must be 1 to ${MOST_CHOICES} texts`)
  if (!choices.every(isChoice))
    throw invalid(`each of choices must be a text of 1 to ${CHOICE_CHARS} characters`)
  if (new Set(choices.map(choice => folded(choice.trim()))).size < choices.length)
    throw invalid('two of choices are the same')
  return choices
}

function timeoutOf(timeout: Duration = DEFAULT_TIMEOUT_MS): number {
  const ms = toMs(timeout)
  if (ms >= TIMEOUT_MS.least && ms <= TIMEOUT_MS.most) return ms
  throw invalid(`timeout must be from 1s to 7d, not ${timeout}`)
}

function retriesOf(retries: unknown = DEFAULT_RETRIES): number {
  if (Number.isInteger(retries) && (retries as number) >= 0 && (retries as number) <= MOST_RETRIES)
    return retries as number
  throw invalid(`retries must be a whole number from 0 to ${MOST_RETRIES}, not ${retries}`)
}

function cancelWordsOf(cancel: unknown, prefix: string): ReadonlySet<string> {
  if (cancel === false) return new Set()
  const more: unknown = cancel ?? []
  if (!Array.isArray(more) || more.length > MOST_CANCEL_WORDS || more.some(word => typeof word !== 'string'))
    throw invalid(`cancel must be false, or at most ${MOST_CANCEL_WORDS} words`)
  return new Set([...CANCEL_WORDS, `${prefix}${CANCEL_WORDS[0]}`, ...more].map(word => folded(word.trim())))
}

const invalid = (problem: string): AppError =>
  new AppError(`this cannot be asked: ${problem}`, {
    code: 'ask.invalid',
    hint: "Write ask('Which size?', { choices: ['small', 'large'] }), or see docs/dialogues.md.",
  })
