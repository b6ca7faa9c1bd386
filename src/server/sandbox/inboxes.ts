import type { Cancel, Clock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Store } from '../../store/index.ts'
import { type ImDatabase, targetKey } from '../../store/schema/im.ts'
import type { Apps } from '../apps.ts'
import type { Audience, ImEvent } from '../events/im-event.ts'
import { messageById } from '../queries/message-queries.ts'
import { newestTo, setReceived } from '../queries/presence-queries.ts'
import { Inbox, type InboxOwner, type Platform } from './inbox.ts'
import { missedBy, shown } from './missed.ts'
import { isQuiet, membersOf, recipientsOf } from './recipients.ts'

const HEARTBEAT_MS = 15_000
/** What someone entering a chat room gets to see (Android SDK guide). */
const ROOM_BACKLOG = 50

export interface InboxesOptions {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly log: Log
}

/** The open streams of what users receive. Without any, telling them costs nothing. */
export class Inboxes {
  readonly #options: InboxesOptions
  readonly #byUser = new Map<number, Set<Inbox>>()
  /** Deliveries wait for each other, so that streams keep the order of what happened. */
  #last: Promise<void> = Promise.resolve()
  /** The newest message that was handed out. */
  #published = 0
  readonly #saving = new Set<Promise<unknown>>()
  #stopHeartbeat: Cancel | undefined

  constructor(options: InboxesOptions) {
    this.#options = options
  }

  get isWatched(): boolean {
    return this.#byUser.size > 0
  }

  /** Platforms on which a user is connected now. */
  platformsOf(user: number): ReadonlySet<string> {
    return new Set([...(this.#byUser.get(user) ?? [])].map(inbox => inbox.platform))
  }

  /** Opens a stream that begins with what the user missed. */
  open(owner: InboxOwner): Inbox {
    const inbox = new Inbox(owner, ended => this.#ended(ended))
    const open = this.#byUser.get(inbox.user) ?? new Set()
    this.#byUser.set(inbox.user, open.add(inbox))
    this.#stopHeartbeat ??= this.#options.clock.after(HEARTBEAT_MS, () => this.#beat())
    // In turn with what is being delivered: whatever is delivered later waits in the stream.
    this.#inTurn(async () => {
      const { store, clock, apps } = this.#options
      const { rows, upTo } = await missedBy(store.read, inbox.user, clock.now())
      const missed: { msgid: number; data: string }[] = []
      for (const row of rows) {
        const quiet = await isQuiet(store.read, inbox.user, row)
        missed.push({ msgid: row.msgid, data: shown(apps, row, { offline: true, quiet }) })
      }
      // Not waited for: a slow reader must not hold up the others.
      void inbox.catchUp(missed, upTo)
    })
    return inbox
  }

  /** Hands out a message that was stored. */
  message(app: number, msgid: number): void {
    if (!this.isWatched) return
    this.#inTurn(async () => {
      const { store, apps } = this.#options
      const row = await store.read.first(messageById, { app, msgid })
      if (row) {
        for (const { user, quiet } of await recipientsOf(store.read, row, this.#online()))
          this.#send(user, 'message', shown(apps, row, { offline: false, quiet }), msgid)
      }
      this.#published = Math.max(this.#published, msgid)
    })
  }

  /** Users have entered a chat room: they get the last messages of it. */
  entered(room: number, users: readonly number[]): void {
    const present = users.filter(user => this.#byUser.has(user))
    if (present.length === 0) return
    this.#inTurn(async () => {
      const { store, apps } = this.#options
      const rows = await store.read.all(newestTo, {
        target: targetKey('chatroom', room),
        after: 0,
        count: ROOM_BACKLOG,
      })
      for (const row of rows.reverse())
        for (const user of present)
          this.#send(user, 'message', shown(apps, row, { offline: true, quiet: false }), row.msgid)
    })
  }

  event(audience: Audience, event: ImEvent): void {
    if (!this.isWatched) return
    this.#inTurn(async () => {
      const users = new Set(await membersOf(this.#options.store.read, audience, this.#online()))
      for (const inbox of this.#all()) {
        const { app, usernames, gone, except } = audience
        if (gone?.app === inbox.app && gone.usernames.includes(inbox.username)) users.add(inbox.user)
        if (app !== inbox.app) continue
        if (usernames?.includes(inbox.username)) users.add(inbox.user)
        if (except === inbox.username) users.delete(inbox.user)
      }
      const text = JSON.stringify(event)
      for (const user of users) this.#send(user, 'event', text)
    })
  }

  /** Ends the streams of a user, on one platform or on all, after what is under way. */
  async drop(user: number, platform?: Platform): Promise<void> {
    await this.#last
    for (const inbox of [...(this.#byUser.get(user) ?? [])])
      if (platform === undefined || inbox.platform === platform) inbox.end()
  }

  /** Ends every stream, after what is under way. */
  async close(): Promise<void> {
    await this.#last
    for (const inbox of [...this.#all()]) inbox.end()
    this.#stopHeartbeat?.()
    await Promise.all(this.#saving)
  }

  *#all(): Iterable<Inbox> {
    for (const inboxes of this.#byUser.values()) yield* inboxes
  }

  #online(): ReadonlySet<number> {
    return new Set(this.#byUser.keys())
  }

  #send(user: number, name: 'message' | 'event', text: string, msgid?: number): void {
    for (const inbox of [...(this.#byUser.get(user) ?? [])]) inbox.send(name, text, msgid)
  }

  /** One that fails leaves its readers without, and the others as they are. */
  #inTurn(run: () => Promise<void>): void {
    this.#last = this.#last.then(run).catch(reason => {
      this.#options.log.error({ err: asError(reason) }, 'inboxes could not be told')
    })
  }

  #ended(inbox: Inbox): void {
    const open = this.#byUser.get(inbox.user)
    open?.delete(inbox)
    if (open?.size === 0) this.#byUser.delete(inbox.user)
    const msgid = inbox.isCatchingUp ? inbox.receivedUpTo : Math.max(inbox.receivedUpTo, this.#published)
    if (msgid === 0) return
    const saved = this.#options.store
      .write(tx => tx.run(setReceived, { user: inbox.user, msgid }))
      .catch(reason => {
        this.#options.log.warn(
          { err: asError(reason) },
          'what a user has received is not kept: it is handed out again',
        )
      })
    this.#saving.add(saved)
    void saved.finally(() => this.#saving.delete(saved))
  }

  /** Shows readers, and proxies between, that the stream is alive. */
  #beat(): void {
    this.#stopHeartbeat = undefined
    if (!this.isWatched) return
    for (const inbox of this.#all()) inbox.comment('alive')
    this.#stopHeartbeat = this.#options.clock.after(HEARTBEAT_MS, () => this.#beat())
  }
}
