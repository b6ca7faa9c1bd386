import { join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { ROOM_MEMBERS } from '../protocol/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { type ImDatabase, imSchema } from '../store/schema/im.ts'
import { refused } from './answer.ts'
import { enterApps } from './apps.ts'
import { Authenticator } from './auth.ts'
import { Callbacks } from './callback.ts'
import { databaseIn } from './database.ts'
import { serveDocuments } from './documents/serve-documents.ts'
import { acting } from './events/act.ts'
import { allHandlers } from './handlers.ts'
import { type Listener, listen } from './listen.ts'
import { memoryMedia, openMedia } from './media/media-store.ts'
import { serveMedia } from './media/serve-media.ts'
import { ctimeOf, openMessageIds } from './message-ids.ts'
import { checkApps, type ImServer, type ServerOptions } from './options.ts'
import { checkQuota, Quotas, USUAL_QUOTA } from './quotas.ts'
import { Refusal } from './refusal.ts'
import { createRouter, type Router } from './router.ts'
import { RunningCalls } from './running-calls.ts'
import { Faults } from './sandbox/faults/faults.ts'
import { Inboxes } from './sandbox/inboxes.ts'
import { originsOf } from './sandbox/origins.ts'
import { SandboxClock } from './sandbox/sandbox-clock.ts'
import { serveSandbox } from './sandbox/sandbox-routes.ts'
import type { Services } from './services.ts'
import { openSigner } from './signer.ts'
import { DayTallies } from './tallies/day-tallies.ts'
import { ListCounts } from './tallies/list-counts.ts'
import { WordFilters } from './words/word-filters.ts'

const IN_MEMORY = ':memory:'

/**
 * Starts an IM server; resolves once it takes requests.
 *
 * @throws AppError when an app or the port cannot be used, StoreError when the database cannot
 */
export async function startServer(options: ServerOptions): Promise<ImServer> {
  checkApps(options.apps)
  checkQuota(quotaOf(options))
  const { data, synchronous = 'FULL', log = silentLog } = options
  const store = await openStore<ImDatabase>(imSchema, { url: databaseIn(data), synchronous, log })
  try {
    return await serve(store, options)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function serve(store: Store<ImDatabase>, options: ServerOptions): Promise<ImServer> {
  const clock = new SandboxClock(options.clock ?? systemClock)
  const log = options.log ?? silentLog
  const apps = await enterApps(store, options.apps)
  const ids = await openMessageIds(store)
  // A sandbox whose clock was moved ahead goes on from there: time never runs behind what is stored.
  if (options.sandbox) clock.advance(Math.max(0, ctimeOf(ids.last) - clock.now()))
  const faults = options.sandbox ? new Faults(apps, clock) : undefined
  const callbacks = new Callbacks({ store, clock, apps, log, faults })
  const inboxes = new Inboxes({ store, clock, apps, log })
  const services: Services = {
    store,
    clock,
    apps,
    callbacks,
    faults,
    log,
    ids,
    words: new WordFilters(store.read),
    quotas: new Quotas(clock, apps.all, quotaOf(options)),
    listCounts: new ListCounts(store.read, clock),
    dayTallies: new DayTallies(store.read, clock),
    signer: await openSigner(store),
    media: options.data === IN_MEMORY ? memoryMedia() : await openMedia(join(options.data, 'media')),
    inboxes,
    act: acting({ store, clock, inboxes, callbacks }),
    publicUrl: options.publicUrl,
    allowUserSenders: options.allowUserSenders ?? false,
    maxRoomMembers: options.maxRoomMembers ?? ROOM_MEMBERS,
  }
  await services.words.load()
  const router = createRouter({
    handlers: allHandlers(services),
    authenticator: new Authenticator(apps),
    quotas: services.quotas,
    log,
    faults,
  })
  serveMedia(router, services)
  serveDocuments(router, log)
  const origins = originsOf(options.publicUrl)
  if (options.sandbox) serveSandbox(router, services, clock, origin => origins.has(origin))
  const listener = options.listen && (await listen(router.fetch, options.listen, log))
  if (listener) origins.add(listener.url)
  await callbacks.start()
  return running(router, services, listener)
}

/** A sandbox is called as often as tests like. */
const quotaOf = ({ rateLimit, sandbox }: ServerOptions) => rateLimit ?? (sandbox ? 'off' : USUAL_QUOTA)

function running(router: Router, services: Services, listener: Listener | undefined): ImServer {
  const { publicUrl, inboxes, callbacks, faults, store } = services
  const calls = new RunningCalls()
  let closed: Promise<void> | undefined
  const close = async () => {
    faults?.close()
    // Streams would keep the socket busy for ever, so they end first.
    await inboxes.close()
    await Promise.all([listener?.close(), calls.settled(), callbacks.close()])
    await store.close()
  }
  return {
    url: listener?.url ?? publicUrl ?? 'http://localhost',
    fetch: async request =>
      closed ? refused(new Refusal(899030)) : calls.track(Promise.resolve(router.fetch(request))),
    close: () => (closed ??= close()),
  }
}
