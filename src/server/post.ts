import type { Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import {
  insertFromAdmin,
  insertFromUser,
  insertNumberedFromAdmin,
  insertNumberedFromUser,
  type NewMessage,
} from './queries/message-queries.ts'
import { checkSending, type Sending } from './send-rights.ts'

/**
 * Stores a message if it may be sent; resolves with its msgid, or `undefined` when the sensitive words are not those any
 * more that it was looked through for.
 *
 * @param words  their version
 * @throws Refusal
 */
export type Post = (row: NewMessage, sending: Sending, words: number) => Promise<number | undefined>

/** For the one process there is, which has numbered the message. */
export const postAlone =
  (store: Store<ImDatabase>): Post =>
  async (row, sending) => {
    await store.write(async tx => {
      // An admin's message is checked while it is stored; a user's rights are too many for one statement.
      if (sending.as === 'admin' && (await tx.run(insertFromAdmin[sending.targetType], row)) === 1) return
      const target = await checkSending(tx, sending)
      if (sending.as === 'admin') throw new Error('a message was not stored, yet nothing is wrong with it')
      await tx.run(insertFromUser, { ...row, target })
    })
    return row.msgid
  }

/** For one process of several: the database numbers the message, by the lowest number that it can have. */
export const postShared =
  (store: Store<ImDatabase>): Post =>
  async (row, sending, words) => {
    if (sending.as === 'admin') {
      const [stored] = await store.ask(insertNumberedFromAdmin[sending.targetType], { ...row, words })
      if (!stored) await checkSending(store.read, sending)
      return stored?.msgid
    }
    return store.write(async tx => {
      const target = await checkSending(tx, sending)
      return (await tx.first(insertNumberedFromUser, { ...row, words, target }))?.msgid
    })
  }
