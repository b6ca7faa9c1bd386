import { AppError } from '../../../base/errors.ts'
import { type Card, isCard } from '../../bot/card.ts'
import type { Filling, SendOptions } from '../../bot/send-options.ts'
import type { Template } from '../template.ts'

/** As {@link SendOptions}; `mention: true` mentions who said what is answered. */
export interface ReplyOptions extends Omit<SendOptions, 'mention'> {
  readonly mention?: SendOptions['mention'] | true
}

/** A text, or a template that is filled in, with options. */
export type TextAnswer =
  | ({ readonly text: string } & ReplyOptions)
  | ({ readonly text: Template } & ReplyOptions & Filling)

/** What a command answers. */
export type Answer = string | Card | TextAnswer

/**
 * What a command's handler returned, found to be an answer; `undefined` when it says nothing.
 *
 * @throws AppError `command.answer`
 */
export function checkAnswer(returned: unknown): Answer | undefined {
  // An empty text says nothing, and neither does the `false` of a condition.
  if (!returned) return undefined
  if (typeof returned === 'string' || isCard(returned)) return returned
  const { text } = returned as Partial<TextAnswer>
  if (typeof returned === 'object' && (typeof text === 'string' || isTemplate(text)))
    return returned as TextAnswer
  throw new AppError(`a command answered with ${kindOf(returned)}`, {
    code: 'command.answer',
    hint: "It may return a text, a card, { text: '…', …options }, or nothing.",
  })
}

const isTemplate = (value: unknown): boolean =>
  typeof (value as Partial<Template> | undefined | null)?.render === 'function'

const kindOf = (value: unknown): string =>
  typeof value === 'object' ? 'an object that has no text and is no card' : `a ${typeof value}`
