import type { Cancel, Clock } from '../../base/clock.ts'
import type { MessageRecord } from '../../protocol/index.ts'
import type { Queryable } from '../../store/index.ts'
import { groupMember } from '../queries/group-queries.ts'
import { roomMember } from '../queries/room-queries.ts'
import type { Inbox } from './inbox.ts'

const HEARTBEAT_MS = 15_000

/** Who gets something: these users, the members of a group, or the users in a room. */
export interface Audience {
  /** Id of the app the users belong to. */
  readonly app: number
  readonly usernames?: readonly string[]
  readonly gid?: number
  readonly room?: number
  /** The sender, who is told nothing. */
  readonly except?: string
}

/** Something that happened, as the SDKs number it. */
export interface ImEvent {
  readonly event_type: number
  readonly extra?: number
  readonly gid?: number
  readonly msgids?: readonly number[]
  readonly from_username?: string
  readonly to_username_list?: readonly string[]
  readonly new_owner?: string
  readonly description?: string
  readonly ctime: number
}

/** The open streams of what users receive. Without any, telling them costs nothing. */
export class Inboxes {
  readonly #read: Queryable
  readonly #open = new Set<Inbox>()
  /** Deliveries wait for each other, so that streams keep the order of what happened. */
  #last: Promise<void> = Promise.resolve()

  readonly #clock: Clock
  #stopHeartbeat: Cancel | undefined

  constructor(read: Queryable, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  get isWatched(): boolean {
    return this.#open.size > 0
  }

  add(inbox: Inbox): void {
    this.#open.add(inbox)
    this.#stopHeartbeat ??= this.#clock.after(HEARTBEAT_MS, () => this.#beat())
  }

  remove(inbox: Inbox): void {
    this.#open.delete(inbox)
  }

  message(audience: Audience, record: MessageRecord): void {
    this.#tell(audience, 'message', record)
  }

  event(audience: Audience, event: ImEvent): void {
    this.#tell(audience, 'event', event)
  }

  /** Ends every stream, after what is under way. */
  async close(): Promise<void> {
    await this.#last
    for (const inbox of this.#open) inbox.end()
    this.#stopHeartbeat?.()
  }

  /** Ends the streams of a user who is no more. */
  async drop(app: number, username: string): Promise<void> {
    await this.#last
    for (const inbox of this.#open) if (inbox.app === app && inbox.username === username) inbox.end()
  }

  /** Shows readers, and proxies between, that the stream is alive. */
  #beat(): void {
    this.#stopHeartbeat = undefined
    if (!this.isWatched) return
    for (const inbox of this.#open) inbox.comment('alive')
    this.#stopHeartbeat = this.#clock.after(HEARTBEAT_MS, () => this.#beat())
  }

  #tell(audience: Audience, name: 'message' | 'event', data: object): void {
    if (!this.isWatched) return
    this.#last = this.#last.then(async () => {
      let text: string | undefined
      for (const inbox of this.#open) {
        if (!(await this.#concerns(audience, inbox))) continue
        text ??= JSON.stringify(data)
        inbox.send(name, text)
      }
    })
  }

  async #concerns(audience: Audience, inbox: Inbox): Promise<boolean> {
    if (inbox.app !== audience.app || inbox.username === audience.except) return false
    if (audience.usernames?.includes(inbox.username)) return true
    if (audience.gid !== undefined)
      return (await this.#read.first(groupMember, { gid: audience.gid, user: inbox.user })) !== undefined
    if (audience.room !== undefined)
      return (await this.#read.first(roomMember, { room: audience.room, user: inbox.user })) !== undefined
    return false
  }
}
