import type { z } from 'zod'
import type { Duration } from '../../bot/context.ts'
import type { ArgumentTypeName, argumentTypes } from '../commands/pattern/argument-types.ts'
import type { Message } from '../message.ts'
import type { HandlerContext } from '../told.ts'

/** What a check of an answer says: `false`, or a text that is said in the chat, when it does not fit. */
type Verdict = boolean | string | undefined | void

/** How a question is asked. */
export interface AskOptions<Value> {
  /** Looks at an answer once it is read: `n => n > 0 || 'At least one.'` */
  readonly validate?: (value: Value) => Verdict | Promise<Verdict>
  /** How long an answer is waited for: `1s` to `7d`. Default: `5m`. */
  readonly timeout?: Duration
  /** How often it may be answered anew when the answer does not fit: 0 to 20. Default: 2. */
  readonly retries?: number
  /** Words that end the dialogue, besides `cancel`, the same after the bot's prefix, and `取消`; `false`: no word does. */
  readonly cancel?: readonly string[] | false
  /** `'answer'`: a message that calls a command of the bot is an answer, too. Default: it is a command, and the question stays open. */
  readonly commands?: 'answer'
}

/** Types of an answer: those of a command's arguments, and `message`, which is the message itself, whatever it is. */
export type AskType = ArgumentTypeName | 'message'

/** The value of an answer of a type. */
export type AnswerOf<Type extends AskType> = Type extends ArgumentTypeName
  ? Exclude<ReturnType<(typeof argumentTypes)[Type]['read']>, undefined>
  : Message

interface OnlyChoices<Choice> {
  /** 1 to 100 of them; each may be answered by its number, too. */
  readonly choices: readonly Choice[]
  readonly type?: never
  readonly schema?: never
}
interface OnlyType<Type> {
  readonly type: Type
  readonly choices?: never
  readonly schema?: never
}
interface OnlySchema<Schema> {
  /** Reads the text; what it has to say against it is said in the chat. */
  readonly schema: Schema
  readonly choices?: never
  readonly type?: never
}
interface OnlyText {
  readonly choices?: never
  readonly type?: never
  readonly schema?: never
}

/**
 * Asks the person who caused the handler, where that was, and resolves with the answer: also when the process ends in
 * between. The handler runs again for that, from its beginning, with all earlier answers; what its bot and its `job`
 * were asked for before is not done again.
 *
 * @throws DialogueOver when there will be no answer
 */
export interface Ask {
  <const Choice extends string>(
    question: string,
    options: AskOptions<NoInfer<Choice>> & OnlyChoices<Choice>,
  ): Promise<Choice>
  <Schema extends z.ZodType>(
    question: string,
    options: AskOptions<z.output<NoInfer<Schema>>> & OnlySchema<Schema>,
  ): Promise<z.output<Schema>>
  <const Type extends AskType>(
    question: string,
    options: AskOptions<AnswerOf<NoInfer<Type>>> & OnlyType<Type>,
  ): Promise<AnswerOf<Type>>
  (question: string, options?: AskOptions<string> & OnlyText): Promise<string>
  /** Asks for yes or no. */
  confirm(question: string, options?: AskOptions<boolean>): Promise<boolean>
  /**
   * Does something that is not to be done again when the handler runs again for an answer, and resolves with what came
   * of it: JSON, of 16 KiB at most. In handlers that have asked nothing yet it is done again after an error.
   *
   * @throws AppError `dialogue.once`
   */
  once<Result>(run: () => Result | Promise<Result>): Promise<Result>
}

/** What a handler is told that a message caused. */
export interface DialogueContext extends HandlerContext {
  readonly ask: Ask
  /** Whether the handler runs again, to take an answer or as there was none in time. */
  readonly isResumed: boolean
}
