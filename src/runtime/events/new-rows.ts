import { type Change, change } from '../../store/index.ts'
import { insertAndTell, insertDelivery, insertFurther, type NewRow } from './delivery-rows.ts'
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
  /** What all processes hear of it, once it is committed. */
  readonly news: string | undefined
}

/**
 * How an event is written: a row for each who has to handle it, and one all the same if nobody has to. Of an event that
 * may be a repetition, the first row tells whether it is; the others follow only if it is not.
 */
export function changesOf({ event, text, source, partition, news }: Arrival): Change[] {
  const { recipients } = source
  const dedupe = source.dedupe ?? null
  if (recipients.length === 0)
    return [change(insertDelivery, rowOf(event, text, NOBODY, dedupe, 'done', partition))]
  return recipients.map((recipient, index) => {
    const further = dedupe === null ? insertDelivery : insertFurther
    const first = news === undefined ? insertDelivery : insertAndTell
    return change(
      index > 0 ? further : first,
      rowOf(event, text, recipient, dedupe, 'pending', partition, news),
    )
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
  news?: string,
): NewRow => ({ event, bot, plugin, type, conversation, dedupe, data, at, state, partition, news })
