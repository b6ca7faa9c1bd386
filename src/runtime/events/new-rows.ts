import { type Change, change } from '../../store/index.ts'
import { insertDelivery, insertFurther, type NewRow } from './delivery-rows.ts'
import type { Recipient, StoredEvent } from './event.ts'
import type { NewEvent } from './new-event.ts'

/** An event that is being accepted. */
export interface Arrival {
  readonly event: StoredEvent
  /** Its data, as JSON. */
  readonly text: string
  readonly source: NewEvent
  readonly partition: number
  /** It is handled here, and its order does not depend on what other processes accept. */
  readonly isOwn: boolean
}

/**
 * How an event is written: a row for each who has to handle it, and one all the same if nobody has to. Of an event that
 * may be a repetition, the first row tells whether it is; the others follow only if it is not.
 */
export function changesOf({ event, text, source, partition }: Arrival): Change[] {
  const { recipients } = source
  const dedupe = source.dedupe ?? null
  if (recipients.length === 0)
    return [change(insertDelivery, rowOf(event, text, NOBODY, dedupe, 'done', partition))]
  return recipients.map((recipient, index) => {
    const insert = index > 0 && dedupe !== null ? insertFurther : insertDelivery
    return change(insert, rowOf(event, text, recipient, dedupe, 'pending', partition))
  })
}

const NOBODY: Recipient = { bot: '', plugin: '' }

// Written out, as objects that are spread and then added to outlive several collections.
const rowOf = (
  { id: event, type, conversation, createdAt: at }: StoredEvent,
  data: string,
  { bot, plugin }: Recipient,
  dedupe: string | null,
  state: NewRow['state'],
  partition: number,
): NewRow => ({ event, bot, plugin, type, conversation, dedupe, data, at, state, partition })
