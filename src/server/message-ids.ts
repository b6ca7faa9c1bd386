import { query, type Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'

const EPOCH = Date.UTC(2020, 0, 1)
const PER_MS = 4096

/** The first msgid that a message of this instant can have. */
export const firstMsgidAt = (at: number): number => Math.max(0, at - EPOCH) * PER_MS
/** When the message was taken; every msgid tells it. */
export const ctimeOf = (msgid: number): number => EPOCH + Math.floor(msgid / PER_MS)

/** Gives out msgids: rising, below 2^53, never one twice, also when the clock goes back. */
export class MessageIds {
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

/** Continues where the store left off. */
export async function openMessageIds(store: Store<ImDatabase>): Promise<MessageIds> {
  const sent = await store.read.first(lastMessage, {})
  const retracted = await store.read.first(lastRetracted, {})
  return new MessageIds(Math.max(sent?.msgid ?? 0, retracted?.msgid ?? 0))
}
