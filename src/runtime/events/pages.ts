import { type Kysely, sql } from 'kysely'
import { type Queryable, query } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import { inParts } from '../fleet/in-parts.ts'
import { COLUMNS } from './delivery-rows.ts'
import type { HeldDelivery } from './event.ts'

/** The deliveries of one plugin that wait, of a range of events: after `after`, up to `upTo`. */
interface PendingRange {
  bot: string
  plugin: string
  after: string
  upTo: string
  /** So many at most. */
  limit: number
  /** JSON: the parts that are read. */
  parts: string
}

/** A range of which no more is read than what fits. */
export interface PageRange extends Omit<PendingRange, 'parts'> {
  /** How large their data may be in all, about; the first is read however large it is. */
  readonly chars: number
}

/** Deliveries that wait, in the order of acceptance. */
export interface Page {
  readonly deliveries: readonly HeldDelivery[]
  /** Up to this event, there are no others in the range. */
  readonly seenTo: string
}

type OfConversation = PendingRange & { conversation: string }

const pendingOf = (db: Kysely<RuntimeTables>, p: PendingRange) =>
  db
    .selectFrom('deliveries')
    .where('state', '=', sql.lit('pending'))
    .where('bot', '=', p.bot)
    .where('plugin', '=', p.plugin)
    .where('event_id', '>', p.after)
    .where('event_id', '<=', p.upTo)
    .where(inParts(db, p.parts))
    .orderBy('event_id')
    .limit(p.limit)

/** Told without a look at the data itself. */
const SIZE = sql<number>`octet_length(data)`.as('size')

export const rowsOfPlugin = query<RuntimeTables>()((db, p: PendingRange) => pendingOf(db, p).select(COLUMNS))
export const rowsOfConversation = query<RuntimeTables>()((db, p: OfConversation) =>
  pendingOf(db, p).select(COLUMNS).where('conversation', '=', p.conversation),
)
export const sizesOfPlugin = query<RuntimeTables>()((db, p: PendingRange) =>
  pendingOf(db, p).select(['event_id', SIZE]),
)
export const sizesOfConversation = query<RuntimeTables>()((db, p: OfConversation) =>
  pendingOf(db, p).select(['event_id', SIZE]).where('conversation', '=', p.conversation),
)

/** Reads rows of deliveries that wait, as many as fit, and one at least; of all conversations, unless one is named. */
export async function readPage(read: Queryable, range: PageRange & PendingRange, conversation?: string) {
  const sizes =
    conversation === undefined
      ? await read.all(sizesOfPlugin, range)
      : await read.all(sizesOfConversation, { ...range, conversation })
  let count = 0
  for (let left = range.chars; count < sizes.length && (left > 0 || count === 0); count++) {
    left -= sizes[count]!.size
  }
  const isCut = count < sizes.length || count === range.limit
  const seenTo = isCut ? sizes[count - 1]!.event_id : range.upTo
  if (count === 0) return { rows: [], seenTo }
  const fitting = { ...range, upTo: seenTo }
  const rows =
    conversation === undefined
      ? await read.all(rowsOfPlugin, fitting)
      : await read.all(rowsOfConversation, { ...fitting, conversation })
  return { rows, seenTo }
}
