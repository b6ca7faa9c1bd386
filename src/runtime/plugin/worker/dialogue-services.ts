import type { Attempt } from '../../dispatch/attempt.ts'
import type { DialogueKeep } from '../dialogue/dialogue.ts'
import { PluginInterrupted } from './interrupted.ts'
import type { Link } from './link.ts'
import type { MainServices } from './services.ts'
import type { ThreadAttempt } from './thread-attempt.ts'

/** What is done for the dialogues of a thread in the main one. */
export function dialogueServices(
  keep: DialogueKeep | undefined,
): Pick<MainServices, 'saveDialogue' | 'endDialogue' | 'forgetDialogue'> {
  return {
    saveDialogue: async (attempt, change) => (await keep?.save(madeNow(attempt), JSON.parse(change))) ?? 0,
    endDialogue: (attempt, dialogue) => keep?.end(madeNow(attempt), JSON.parse(dialogue)),
    forgetDialogue: (attempt, dialogue) => keep?.forget(madeNow(attempt), JSON.parse(dialogue)),
  }
}

/** The dialogues of a plugin in a thread: kept by the main thread. */
export const threadDialogues = (link: Link): DialogueKeep => ({
  save: (attempt, change) => link.ask('saveDialogue', [JSON.stringify(change)], attempt as ThreadAttempt),
  end: (attempt, dialogue) => link.ask('endDialogue', [JSON.stringify(dialogue)], attempt as ThreadAttempt),
  forget: (attempt, dialogue) =>
    link.ask('forgetDialogue', [JSON.stringify(dialogue)], attempt as ThreadAttempt),
})

function madeNow(attempt: Attempt | undefined): Attempt {
  if (!attempt) throw new PluginInterrupted('the handler that asks is over')
  attempt.throwIfAborted()
  return attempt
}
