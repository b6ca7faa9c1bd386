import { join } from 'node:path'
import { AppError } from '../base/errors.ts'
import { change, isPostgres, type Store } from '../store/index.ts'
import type { ImDatabase } from '../store/schema/im.ts'
import type { Callbacks } from './callback.ts'
import { databaseIn } from './database.ts'
import { type MediaStore, memoryMedia, openMedia } from './media/media-store.ts'
import { storedMedia } from './media/stored-media.ts'
import { ctimeOf, firstMsgidAt, lastMsgid, MessageIds, type Numbers } from './message-ids.ts'
import type { ServerOptions } from './options.ts'
import { type Post, postAlone, postShared } from './post.ts'
import { Leases } from './processes/leases.ts'
import { type NewsDesk, newsOfOneProcess } from './processes/news.ts'
import { NewsFeed } from './processes/news-feed.ts'
import { Settings } from './processes/settings.ts'
import { SharedQuotas } from './processes/shared-quotas.ts'
import { ThisProcess } from './processes/this-process.ts'
import { raiseNumbers } from './queries/news-queries.ts'
import { CHANNEL, LEASES } from './queries/numbers.ts'
import { type Quota, type QuotaKeeper, Quotas } from './quotas.ts'
import { Inboxes, type InboxesOptions } from './sandbox/inboxes.ts'
import type { SandboxClock } from './sandbox/sandbox-clock.ts'
import type { WordFilters } from './words/word-filters.ts'

/** What differs between a server that has its database to itself and one of several that share it. */
export interface Engine {
  readonly isShared: boolean
  readonly numbers: Numbers
  readonly post: Post
  readonly media: MediaStore
  readonly inboxes: Inboxes
  readonly news: NewsDesk
  readonly quotas: QuotaKeeper
  readonly leases?: Leases
  /** Moves the sandbox's clock ahead. */
  advance(ms: number): void | Promise<void>
  /** What is to be done before a request is answered; absent where that is nothing. */
  readonly beforeRequest?: () => Promise<void>
  /** Hears of the other processes from now on. */
  start(callbacks: Callbacks): Promise<void>
  /** Lets go of what it has, once nothing is answered any more. */
  close(): Promise<void>
}

export interface EngineParts extends InboxesOptions {
  readonly options: ServerOptions
  readonly clock: SandboxClock
  readonly words: WordFilters
  readonly quota: Quota
}

const IN_MEMORY = ':memory:'

/** Where the database is. @throws AppError `server.database` */
export function urlOf({ data, database }: ServerOptions): string {
  if (database === undefined) {
    if (data !== undefined) return databaseIn(data)
    throw new AppError('data or database must be given', {
      code: 'server.database',
      hint: 'data is a folder, or :memory:; database is postgres://…',
    })
  }
  if (isPostgres(database)) return database
  // Not repeated: it may hold a password.
  throw new AppError('database must be postgres://USER:PASSWORD@HOST:PORT/NAME', {
    code: 'server.database',
    hint: 'For SQLite, give a folder as data.',
  })
}

/** For the one process that has the database. */
export async function openAlone(parts: EngineParts): Promise<Engine> {
  const { store, clock, apps, options, quota } = parts
  const last = await lastMsgid(store.read)
  // A sandbox whose clock was moved ahead goes on from there: time never runs behind what is stored.
  if (options.sandbox) clock.advance(Math.max(0, ctimeOf(last) - clock.now()))
  const inboxes = new Inboxes(parts)
  const { data = IN_MEMORY } = options
  return {
    isShared: false,
    numbers: new MessageIds(last),
    post: postAlone(store),
    media: data === IN_MEMORY ? memoryMedia() : await openMedia(join(data, 'media')),
    inboxes,
    news: newsOfOneProcess(inboxes),
    quotas: new Quotas(clock, apps.all, quota),
    advance: ms => clock.advance(ms),
    start: async () => {},
    close: async () => {},
  }
}

/** For one of several processes on a database. */
export async function openShared(parts: EngineParts): Promise<Engine> {
  const { store, clock, apps, log, options, words, quota } = parts
  const presence = await ThisProcess.enter(store, log)
  const inboxes = new Inboxes({ ...parts, presence })
  const feed = new NewsFeed({ store, inboxes, log })
  inboxes.source = feed
  const leases = new Leases({ store, node: presence.id, log })
  let quotasVersion = 0
  const settings = new Settings(store, async values => {
    if (options.sandbox) clock.ahead = values.ahead
    if (values.words !== words.version) await words.load()
    if (values.quotas === quotasVersion) return
    quotasVersion = values.quotas
    await quotas.load()
  })
  const quotas = new SharedQuotas({ store, clock, usual: quota, changed: () => settings.add('quotas', 1) })
  await quotas.enter(apps.all)
  await bringUpToDate(store, clock, settings, options)
  let silence: (() => Promise<void>) | undefined
  return {
    isShared: true,
    numbers: { next: firstMsgidAt },
    post: postShared(store),
    media: await storedMedia(store),
    inboxes,
    news: feed,
    quotas,
    leases,
    advance: ms => settings.add('ahead', ms),
    ...(options.sandbox ? { beforeRequest: () => settings.refresh() } : {}),
    async start(callbacks) {
      const somethingNew = () => {
        void feed.wake()
        void leases.renew()
        for (const app of apps.all) callbacks.wake(app)
      }
      silence = await store.listen?.(CHANNEL, {
        heard(payload) {
          void feed.wake()
          if (payload === LEASES) void leases.renew()
          else if (payload !== '') callbacks.wake({ id: Number(payload) })
        },
        connected: somethingNew,
        lost: () => {},
      })
    },
    async close() {
      await silence?.()
      await leases.close()
      await feed.close()
      await presence.close()
    },
  }
}

/** Numbers and the sandbox's clock are never behind what is stored, whoever stored it. */
async function bringUpToDate(
  store: Store<ImDatabase>,
  clock: SandboxClock,
  settings: Settings,
  { sandbox }: ServerOptions,
): Promise<void> {
  await store.apply(change(raiseNumbers, {}))
  if (!sandbox) return
  await settings.refresh()
  const behind = ctimeOf(await lastMsgid(store.read)) - clock.now()
  if (behind > 0) await settings.add('ahead', behind)
}
