import { type Queryable, query } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'

const EPOCH = Date.UTC(2020, 0, 1)
const PER_MS = 4096

/** The first msgid that a message of this instant can have. */
export const firstMsgidAt = (at: number): number => Math.max(0, at - EPOCH) * PER_MS
/** When the message was taken; every msgid tells it. */
export const ctimeOf = (msgid: number): number => EPOCH + Math.floor(msgid / PER_MS)

/** Numbers messages. */
export interface Numbers {
  /** The msgid of a message that is taken now, or the lowest one that it can have. */
  next(now: number): number
}

/** Gives out msgids: rising, below 2^53, never one twice, also when the clock goes back. */
export class MessageIds implements Numbers {
  #last: number

  constructor(last: number) {
    this.#last = last
  }

  /** The msgid given out last. */
  get last(): number {
    return this.#last
  }

  next(now: number): number {
    this.#last = Math.max(this.#last + 1, firstMsgidAt(now))
    return this.#last
  }
}

const q = query<ImDatabase>()
/** The newest message that is stored. */
export const lastMessage = q(db => db.selectFrom('im_message').select(eb => eb.fn.max('msgid').as('msgid')))
const lastRetracted = q(db => db.selectFrom('im_retracted').select(eb => eb.fn.max('msgid').as('msgid')))

/** The newest msgid that was given out. */
export async function lastMsgid(read: Queryable): Promise<number> {
  const sent = await read.first(lastMessage, {})
  const retracted = await read.first(lastRetracted, {})
  return Math.max(sent?.msgid ?? 0, retracted?.msgid ?? 0)
}
