import type { Language } from '../../texts/language.ts'
import { UserError } from '../user-error.ts'
import { dialogueTexts } from './dialogue-texts.ts'

/** `replaced`: a newer dialogue of the same plugin with the same person took its place; nobody is told. */
export type OverReason = 'cancelled' | 'timeout' | 'tries' | 'replaced'

/**
 * Thrown by `ask` when there will be no answer. Its text is said in the chat, unless the handler catches it.
 */
export class DialogueOver extends UserError {
  readonly reason: OverReason

  constructor(reason: OverReason, language: Language) {
    super(reason === 'replaced' ? '' : dialogueTexts.in(language)(reason))
    this.reason = reason
  }
}
