import { RETRACT_WINDOW_MS } from '../../protocol/index.ts'
import { firstMsgidAt } from '../message-ids.ts'

/** No retraction takes longer than this to be stored. */
const MARGIN_MS = 60_000

/** The newest msgid of which nothing can be retracted any more, nor come in late. */
export const settledUpTo = (now: number): number => firstMsgidAt(now - RETRACT_WINDOW_MS - MARGIN_MS) - 1

/** Lets others have the event loop in between the parts of long work. */
export const turnOfTheLoop = () => new Promise<void>(resolve => setImmediate(resolve))
