import type { Message } from './message.ts'
import type { HandlerContext } from './told.ts'

/** What a listener hears: every message, or those of one type. */
export type MessageFilter = 'message' | `message.${string}`
/** Hears a message. Commands, and listeners added later, get it only when `next` is called. */
export type MessageListener = (
  message: Message,
  next: () => Promise<void>,
  context: HandlerContext,
) => unknown
