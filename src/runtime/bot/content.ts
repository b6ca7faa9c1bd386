import type { MessageType } from '../../protocol/index.ts'
import { alertOf, type Card, card, isCard } from './card.ts'
import type { BotContext } from './context.ts'
import type { MediaSource } from './media/index.ts'
import type { SendOptions } from './send-options.ts'

/** What a message says. */
export type MessageContent =
  | { readonly text: string }
  | { readonly image: MediaSource }
  /** `duration` in seconds, where it cannot be read from the clip. */
  | { readonly voice: MediaSource; readonly duration?: number }
  | { readonly file: MediaSource }
  | { readonly custom: Readonly<Record<string, unknown>> }

export const KINDS = ['text', 'image', 'voice', 'file', 'custom'] as const

/** The kinds of content that something has: exactly one, if it is right. */
export function kindsOf(content: object): readonly (typeof KINDS)[number][] {
  const fields: Record<string, unknown> = { ...content }
  return KINDS.filter(kind => fields[kind] !== undefined)
}

/** What uploads the media of a message, for as long as the attempt is not given up. */
type Uploading = Pick<BotContext, 'media' | 'attempt'>

/** The body of a message; its media are uploaded. */
export async function bodyOf(context: Uploading, content: MessageContent): Promise<Record<string, unknown>> {
  const { media, attempt } = context
  if ('image' in content) return { ...(await media.image(content.image, attempt?.signal)) }
  if ('voice' in content) return { ...(await media.voice(content.voice, content.duration, attempt?.signal)) }
  if ('file' in content) return { ...(await media.file(content.file, attempt?.signal)) }
  return 'text' in content ? { text: content.text } : { ...content.custom }
}

/** A card as what it is sent as: what clients that do not know it show of it is in the notification. */
export function cardMessage<Options extends SendOptions>(
  given: Parameters<typeof card>[0],
  options: Options | undefined,
): { readonly body: Record<string, unknown>; readonly options: Options } {
  const made = card(given)
  const notification = { alert: alertOf(made), ...options?.notification }
  return { body: { ...made }, options: { ...options, notification } as Options }
}

/** What is sent in place of a content or card: a type, a body that may take a while, and options. */
export function planOf<Options extends SendOptions>(
  context: Uploading,
  content: MessageContent | Card,
  options: Options | undefined,
): {
  readonly type: MessageType
  readonly body: () => Promise<Record<string, unknown>>
  readonly options: Options | undefined
} {
  if (isCard(content)) {
    const { body, options: all } = cardMessage(content, options)
    return { type: 'custom', body: async () => body, options: all }
  }
  const [type = 'custom'] = kindsOf(content)
  return { type, body: () => bodyOf(context, content), options }
}
