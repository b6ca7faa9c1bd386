import type { z } from 'zod'
import { closest } from '../../../base/closest.ts'
import type { Say, Texts } from '../../texts/texts.ts'
import { type ArgumentTypeName, argumentTypes } from '../commands/pattern/argument-types.ts'
import { folded } from '../commands/pattern/command-word.ts'
import type { Message } from '../message.ts'
import { type dialogueTexts, NO_WORDS, YES_WORDS } from './dialogue-texts.ts'

type DialogueTexts = typeof dialogueTexts extends Texts<infer En> ? Say<En> : never

/** An answer that was read, or what is said against it. */
export type Read = { readonly value: unknown } | { readonly complaint: string }

/** How answers to a question are read. */
export interface Reader {
  /** Part of what the question is known by. */
  readonly kind: string
  /** The question as it is asked. */
  shown(question: string): string
  read(message: Message): Read | Promise<Read>
  /** Whether a text is an answer though it is a word that ends dialogues. */
  isAnswer?(text: string): boolean
}

export interface Ways {
  readonly say: DialogueTexts
  readonly isChinese: boolean
  /** In which times and dates are read. */
  readonly timezone: string
}

const asIs = (question: string): string => question

/** Any message, as it is. */
export const messageReader: Reader = { kind: 'message', shown: asIs, read: message => ({ value: message }) }

/** A value as commands take it. */
export function typeReader(type: ArgumentTypeName, { say, isChinese, timezone }: Ways): Reader {
  const { expects, read } = argumentTypes[type]
  const wanted = say('wanted', { expects: expects[isChinese ? 'zh' : 'en'] })
  return textReader(type, say, asIs, (text, { sentAt }) => {
    const value: unknown = read(text, { now: sentAt, timezone })
    return value === undefined ? { complaint: wanted } : { value }
  })
}

/** One of some texts, or its number. */
export function choiceReader(choices: readonly string[], { say }: Ways): Reader {
  const lines = choices.map((choice, index) => `${index + 1}. ${choice}`).join('\n')
  const byText = new Map(choices.map(choice => [folded(choice.trim()), choice]))
  const find = (text: string): string | undefined => {
    const word = folded(text)
    return (
      byText.get(word) ?? (/^\d{1,3}[.)、]?$/.test(word) ? choices[Number.parseInt(word, 10) - 1] : undefined)
    )
  }
  const shown = (question: string) => `${question}\n${lines}`
  const reader = textReader('choices', say, shown, text => {
    const value = find(text)
    if (value !== undefined) return { value }
    const near = closest(text, choices)
    const mean = near === undefined ? [] : [say('mean', { choice: near })]
    return { complaint: [...mean, say('choose'), lines].join('\n') }
  })
  return { ...reader, isAnswer: text => find(text) !== undefined }
}

/** Yes or no. */
export function confirmReader({ say }: Ways): Reader {
  const words = new Map([
    ...YES_WORDS.map(word => [word as string, true] as const),
    ...NO_WORDS.map(word => [word as string, false] as const),
  ])
  const shown = (question: string) => say('yes-no', { question })
  return textReader('confirm', say, shown, text => {
    const value = words.get(folded(text).replace(/[.!。！]+$/, ''))
    return value === undefined ? { complaint: say('decide') } : { value }
  })
}

/** What a schema makes of the text. */
export function schemaReader(schema: z.ZodType, { say }: Ways): Reader {
  return textReader('schema', say, asIs, async text => {
    const result = await schema.safeParseAsync(text)
    return result.success
      ? { value: result.data }
      : { complaint: result.error.issues[0]?.message ?? say('unfit') }
  })
}

function textReader(
  kind: string,
  say: DialogueTexts,
  shown: (question: string) => string,
  read: (text: string, message: Message) => Read | Promise<Read>,
): Reader {
  return {
    kind,
    shown,
    read(message) {
      const text = message.text.trim()
      return text === '' ? { complaint: say('text') } : read(text, message)
    },
  }
}
