import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { Apps } from './apps.ts'
import type { Callbacks } from './callback.ts'
import type { Act } from './events/act.ts'
import type { MediaStore } from './media/media-store.ts'
import type { Numbers } from './message-ids.ts'
import type { Post } from './post.ts'
import type { NewsDesk } from './processes/news.ts'
import type { QuotaKeeper } from './quotas.ts'
import type { Faults } from './sandbox/faults/faults.ts'
import type { Inboxes } from './sandbox/inboxes.ts'
import type { Signer } from './signer.ts'
import type { DayTallies } from './tallies/day-tallies.ts'
import type { ListCounts } from './tallies/list-counts.ts'
import type { WordFilters } from './words/word-filters.ts'

/** What the resources share. */
export interface Services {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly numbers: Numbers
  readonly post: Post
  readonly signer: Signer
  readonly media: MediaStore
  readonly inboxes: Inboxes
  readonly news: NewsDesk
  /** Changes what members and users are told of. */
  readonly act: Act
  readonly callbacks: Callbacks
  readonly words: WordFilters
  readonly quotas: QuotaKeeper
  readonly listCounts: ListCounts
  readonly dayTallies: DayTallies
  /** Only in a sandbox. */
  readonly faults: Faults | undefined
  readonly log: Log
  readonly publicUrl: string | undefined
  readonly allowUserSenders: boolean
  readonly maxRoomMembers: number
}
