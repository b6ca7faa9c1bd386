import type { Clock } from '../base/clock.ts'
import type { Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { Apps } from './apps.ts'
import type { Callbacks } from './callback.ts'
import type { MediaStore } from './media/media-store.ts'
import type { MessageIds } from './message-ids.ts'
import type { Log } from './options.ts'
import type { Inboxes } from './sandbox/inboxes.ts'
import type { Signer } from './signer.ts'

/** What the resources share. */
export interface Services {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly ids: MessageIds
  readonly signer: Signer
  readonly media: MediaStore
  readonly inboxes: Inboxes
  readonly callbacks: Callbacks
  readonly log: Log
  readonly publicUrl: string | undefined
  readonly allowUserSenders: boolean
}
