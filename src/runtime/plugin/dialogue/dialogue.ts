import type { MessageRecord } from '../../../protocol/index.ts'
import type { Attempt } from '../../dispatch/attempt.ts'
import type { StoredEvent } from '../../events/event.ts'
import type { Language } from '../../texts/language.ts'
import type { CarriedError } from '../worker/carried-error.ts'

/** So many answers a dialogue has at most. */
export const MOST_STEPS = 100
/** So large is what is kept of a dialogue at most, as JSON. */
export const LOG_BYTES = 256 * 1024
/** So many dialogues of a bot are open at most. */
export const MOST_OPEN = 100_000

/** Where and with whom a dialogue is held. */
export interface Partners {
  readonly conversation: string
  /** Username. */
  readonly person: string
}

/** What came of something that a handler asked for: the answer to a call, or the error it failed with. */
export interface Made {
  readonly result?: unknown
  /** Epoch ms. */
  readonly at?: number
  readonly error?: CarriedError
}

/** By the keys of the attempt, without what all of them begin with. */
export type MadeByKey = Readonly<Record<string, Made>>

/** How a question ended. `anew`: the handler asks something else by now, so it was asked that. */
export type StepOutcome = 'answer' | 'cancelled' | 'timeout' | 'tries' | 'anew'

/** What a handler did between two questions: it belongs to the event that brought the answer to the first of them. */
export interface Segment {
  /** Its data is kept where it began the dialogue or answered. */
  readonly event: StoredEvent
  /** None of the first segment. */
  readonly outcome?: StepOutcome
  /** By what the question is known that ended so. */
  readonly question?: string
  readonly made: MadeByKey
}

/** A question that waits for its answer. */
export interface OpenQuestion {
  /** By what it is known. */
  readonly question: string
  /** The event in whose handling it was asked. */
  readonly by: string
  /** Only events with a later id answer it. */
  readonly asked: string
  /** Whether messages that call commands are answers, too. */
  readonly commands: 'answer' | 'command'
  /** The events whose answers did not fit. */
  readonly tries: readonly string[]
}

/** All that is known of a dialogue. */
export interface DialogueLog {
  readonly segments: readonly Segment[]
  /** In which it is held, to its end. */
  readonly language?: Language
  readonly open?: OpenQuestion
  /** What an event noted that has not asked or ended yet. */
  readonly draft?: { readonly event: string; readonly made: MadeByKey }
  /** The event in whose handling it ended: nothing else is kept of it, then. */
  readonly over?: string
}

/** A dialogue as it is on disk. */
export interface SavedDialogue {
  readonly log: DialogueLog
  readonly revision: number
}

/** A dialogue that an event takes up again, and what it brings: an answer, the end of its time, or nothing new. */
export interface Resumption extends SavedDialogue {
  readonly brings: 'message' | 'timeout' | undefined
}

/** How a dialogue is to be written. */
export interface DialogueChange {
  readonly log: DialogueLog
  /** As it was before; 0 when it begins. */
  readonly revision: number
  /** From now on an answer is waited for so long. Absent: for as long as before. */
  readonly timeoutMs?: number
}

/** Where a plugin's dialogues are kept: in the main thread. */
export interface DialogueKeep {
  /**
   * Resolves once it is on disk, with its revision; 0 where nothing is kept.
   *
   * @throws AppError `dialogue.large`, `dialogue.moved`; DialogueOver `replaced`; UserError when there are too many
   */
  save(attempt: Attempt, change: DialogueChange): Promise<number>
  /** It is over: it goes for good when it is noted that the event was handled. */
  end(attempt: Attempt, dialogue: SavedDialogue): Promise<void>
  /** It is as if it had not begun. */
  forget(attempt: Attempt, dialogue: SavedDialogue): Promise<void>
}

/** The event that began a dialogue. */
export const originOf = ({ segments }: DialogueLog): StoredEvent<MessageRecord> =>
  segments[0]!.event as StoredEvent<MessageRecord>

export const partnersOf = ({
  conversation,
  data,
}: Pick<StoredEvent<MessageRecord>, 'conversation' | 'data'>): Partners => ({
  conversation,
  person: data.from_id,
})
