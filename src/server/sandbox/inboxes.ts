import type { Cancel, Clock } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { change, type Store } from '../../store/index.ts'
import { type ImDatabase, targetKey } from '../../store/schema/im.ts'
import type { Apps } from '../apps.ts'
import type { Audience, ImEvent } from '../events/im-event.ts'
import { type MessageRow, messageById } from '../queries/message-queries.ts'
import { newestTo, setReceived } from '../queries/presence-queries.ts'
import { Inbox, type InboxOwner, type Platform } from './inbox.ts'
import { missedBy, shown } from './missed.ts'
import type { Presence } from './presence.ts'
import { isQuiet, membersOf, recipientsOf } from './recipients.ts'

const HEARTBEAT_MS = 15_000
/** What someone entering a chat room gets to see (Android SDK guide). */
const ROOM_BACKLOG = 50

export interface InboxesOptions {
  readonly store: Store<ImDatabase>
  readonly clock: Clock
  readonly apps: Apps
  readonly log: Log
  /** Set where several processes share the database. */
  readonly presence?: Presence | undefined
}

/** Where what streams are told comes from. */
export interface Source {
  /** A stream was opened: what happens from now on is told. Resolves with the newest number of what has happened. */
  begin(): Promise<number>
  /** No stream is open any more. */
  end(): void
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
  /** Absent where this process tells itself. */
  source: Source | undefined

  constructor(options: InboxesOptions) {
    this.#options = options
  }

  get isWatched(): boolean {
    return this.#byUser.size > 0
  }

  /** Platforms on which a user is connected now, to whatever process. */
  async platformsOf(user: number): Promise<ReadonlySet<string>> {
    return this.#options.presence?.platformsOf(user) ?? this.#platformsHere(user)
  }

  /** Opens a stream that begins with what the user missed. */
  async open(owner: InboxOwner): Promise<Inbox> {
    const inbox = new Inbox(owner, ended => this.#ended(ended))
    const open = this.#byUser.get(inbox.user) ?? new Set()
    this.#byUser.set(inbox.user, open.add(inbox))
    this.#stopHeartbeat ??= this.#options.clock.after(HEARTBEAT_MS, () => this.#beat())
    // In turn with what is being delivered: whatever is delivered later waits in the stream.
    this.#inTurn(async () => {
      const { store, clock, apps } = this.#options
      inbox.since = (await this.source?.begin()) ?? 0
      const { rows, upTo } = await missedBy(store.read, inbox.user, clock.now())
      const missed: { msgid: number; data: string }[] = []
      for (const row of rows) {
        const quiet = await isQuiet(store.read, inbox.user, row)
        missed.push({ msgid: row.msgid, data: shown(apps, row, { offline: true, quiet }) })
      }
      // Not waited for: a slow reader must not hold up the others.
      void inbox.catchUp(missed, upTo)
    })
    await this.#options.presence?.opened(inbox.user, inbox.platform)
    return inbox
  }

  /** Resolves when everybody was told what there is to tell so far. */
  settled(): Promise<void> {
    return this.#last
  }

  /** Hands out a message that was stored. */
  message(app: number, msgid: number): void {
    if (!this.isWatched) return
    this.#inTurn(async () => {
      const row = await this.#options.store.read.first(messageById, { app, msgid })
      if (row) await this.#handOut(row)
      this.#published = Math.max(this.#published, msgid)
    })
  }

  /** As {@link message}, of one that was read already. */
  deliver(row: MessageRow): void {
    this.#inTurn(async () => {
      await this.#handOut(row)
      this.#published = Math.max(this.#published, row.msgid)
    })
  }

  async #handOut(row: MessageRow): Promise<void> {
    const { store, apps } = this.#options
    for (const { user, quiet } of await recipientsOf(store.read, row, this.#online())) {
      const text = shown(apps, row, { offline: false, quiet })
      for (const inbox of this.#of(user)) if (row.msgid > inbox.since) inbox.send('message', text, row.msgid)
    }
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
        for (const inbox of present.flatMap(user => this.#of(user)))
          inbox.send('message', shown(apps, row, { offline: true, quiet: false }), row.msgid)
    })
  }

  /** @param at  its number, where it may be told late */
  event(audience: Audience, event: ImEvent, at = Number.MAX_SAFE_INTEGER): void {
    if (!this.isWatched) return
    this.#inTurn(async () => {
      const users = new Set(
        await membersOf(this.#options.store.read, audience, { online: this.#online(), number: at }),
      )
      for (const inbox of this.#all()) {
        const { app, usernames, gone, except } = audience
        if (gone?.app === inbox.app && gone.usernames.includes(inbox.username)) users.add(inbox.user)
        if (app !== inbox.app) continue
        if (usernames?.includes(inbox.username)) users.add(inbox.user)
        if (except === inbox.username) users.delete(inbox.user)
      }
      const text = JSON.stringify(event)
      for (const inbox of [...users].flatMap(user => this.#of(user)))
        if (at > inbox.since) inbox.send('event', text)
    })
  }

  /** Ends the streams of a user, on one platform or on all, after what is under way. */
  async drop(user: number, platform?: Platform): Promise<void> {
    await this.#last
    for (const inbox of this.#of(user)) if (platform === undefined || inbox.platform === platform) inbox.end()
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

  #of(user: number): Inbox[] {
    return [...(this.#byUser.get(user) ?? [])]
  }

  #platformsHere(user: number): ReadonlySet<string> {
    return new Set(this.#of(user).map(inbox => inbox.platform))
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
    if (!this.isWatched) this.source?.end()
    const msgid = inbox.isCatchingUp ? inbox.receivedUpTo : Math.max(inbox.receivedUpTo, this.#published)
    const { presence } = this.#options
    const changes = msgid === 0 ? [] : [change(setReceived, { user: inbox.user, msgid })]
    if (presence && !this.#platformsHere(inbox.user).has(inbox.platform))
      changes.push(...presence.closed(inbox.user, inbox.platform))
    if (changes.length === 0) return
    const saved = this.#options.store.apply(...changes).catch(reason => {
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
