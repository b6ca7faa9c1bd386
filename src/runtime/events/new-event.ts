import type { Work } from '../../store/index.ts'
import type { Recipient } from './event.ts'

/** An event that a source hands over. */
export interface NewEvent {
  readonly type: string
  /** Events of one conversation are handled in their order; an event with an empty one is a conversation by itself. */
  readonly conversation: string
  /** An event with the `dedupe` of one that was accepted already is a repetition, and is not accepted again. */
  readonly dedupe?: string | undefined
  readonly data: unknown
  /** `data` as JSON, where the source has it at hand. */
  readonly text?: string | undefined
  readonly recipients: readonly Recipient[]
  /** Asked in the commit that accepts the event: when it says no, what the event comes of is gone, and it is passed over. */
  readonly claim?: Work<boolean>
  /** Told the id that it is given, before it is accepted: it may be handled before the source hears of it. */
  readonly named?: (id: string) => void
}

/** What became of an event that was handed over. */
export interface Accepted {
  /** Of the event, or of the one it repeats. */
  readonly id: string
  /** Whether it was accepted before, or could not be claimed. */
  readonly repeated: boolean
}

/** An event that was accepted before. */
export interface FormerEvent {
  readonly id: string
  /** Its data, as JSON. */
  readonly text: string
}
