import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { ROOM_MEMBERS } from '../protocol/index.ts'
import { openStore, START_WAIT_MS, type Store } from '../store/index.ts'
import { type ImDatabase, imSchema } from '../store/schema/im.ts'
import { refused } from './answer.ts'
import { enterApps } from './apps.ts'
import { Authenticator } from './auth.ts'
import { Callbacks } from './callback.ts'
import { serveDocuments } from './documents/serve-documents.ts'
import { type Engine, type EngineParts, openAlone, openShared, urlOf } from './engines.ts'
import { acting } from './events/act.ts'
import { allHandlers } from './handlers.ts'
import { type Listener, listen } from './listen.ts'
import { serveMedia } from './media/serve-media.ts'
import { checkApps, type ImServer, type ServerOptions } from './options.ts'
import { checkQuota, USUAL_QUOTA } from './quotas.ts'
import { Refusal } from './refusal.ts'
import { createRouter, type Env, type Router } from './router.ts'
import { RunningCalls } from './running-calls.ts'
import { Faults } from './sandbox/faults/faults.ts'
import { originsOf } from './sandbox/origins.ts'
import { SandboxClock } from './sandbox/sandbox-clock.ts'
import { serveSandbox } from './sandbox/sandbox-routes.ts'
import type { Services } from './services.ts'
import { openSigner } from './signer.ts'
import { DayTallies } from './tallies/day-tallies.ts'
import { ListCounts } from './tallies/list-counts.ts'
import { WordFilters } from './words/word-filters.ts'

/**
 * Starts an IM server; resolves once it takes requests.
 *
 * @throws AppError when an app or the port cannot be used, StoreError when the database cannot
 */
export async function startServer(options: ServerOptions): Promise<ImServer> {
  checkApps(options.apps)
  checkQuota(quotaOf(options))
  const { synchronous = 'FULL', log = silentLog, databaseWaitMs = START_WAIT_MS } = options
  let isStarting = true
  const waitMs = () => (isStarting ? databaseWaitMs : 0)
  const store = await openStore<ImDatabase>(imSchema, { url: urlOf(options), synchronous, log, waitMs })
  try {
    const server = await serve(store, options)
    isStarting = false
    return server
  } catch (error) {
    isStarting = false
    await store.close()
    throw error
  }
}

async function serve(store: Store<ImDatabase>, options: ServerOptions): Promise<ImServer> {
  const clock = new SandboxClock(options.clock ?? systemClock)
  const log = options.log ?? silentLog
  const apps = await enterApps(store, options.apps)
  const isShared = store.engine === 'postgres'
  const words = new WordFilters(store.read, { isShared })
  const parts = { store, clock, apps, log, options, words, quota: quotaOf(options) }
  const engine = await (isShared ? openShared(parts) : openAlone(parts))
  try {
    return await serveWith(engine, parts)
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function serveWith(engine: Engine, parts: EngineParts): Promise<ImServer> {
  const { store, clock, apps, log, options, words } = parts
  const faults = options.sandbox ? new Faults(apps, clock) : undefined
  const callbacks = new Callbacks({
    ...{ store, clock, apps, log, faults, leases: engine.leases, fetch: options.callbackFetch },
  })
  const { inboxes, news } = engine
  const services: Services = {
    store,
    clock,
    apps,
    callbacks,
    faults,
    log,
    numbers: engine.numbers,
    post: engine.post,
    words,
    quotas: engine.quotas,
    listCounts: new ListCounts(store.read, clock, { isShared: engine.isShared }),
    dayTallies: new DayTallies(store.read, clock),
    signer: await openSigner(store),
    media: engine.media,
    inboxes,
    news,
    act: acting({ store, clock, news, callbacks }),
    publicUrl: options.publicUrl,
    allowUserSenders: options.allowUserSenders ?? false,
    maxRoomMembers: options.maxRoomMembers ?? ROOM_MEMBERS,
  }
  await words.load()
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
  const isOwnOrigin = (origin: string) => origins.has(origin)
  if (options.sandbox) serveSandbox(router, services, { advance: ms => engine.advance(ms), isOwnOrigin })
  const fetch = prepared(router, engine)
  const listener = options.listen && (await listen(fetch, options.listen, log))
  if (listener) origins.add(listener.url)
  await engine.start(callbacks)
  try {
    await callbacks.start()
  } catch (error) {
    await Promise.all([listener?.close(), callbacks.close()])
    throw error
  }
  return running({ fetch, engine, services, listener })
}

type Fetch = (request: Request, env?: Env['Bindings']) => Response | Promise<Response>

/** Answers requests, once what is to be done before is done. */
function prepared(router: Router, { beforeRequest }: Engine): Fetch {
  if (!beforeRequest) return router.fetch
  return async (request, env) => {
    // What fails is for the request to meet.
    await beforeRequest().catch(() => {})
    return router.fetch(request, env)
  }
}

/** A sandbox is called as often as tests like. */
const quotaOf = ({ rateLimit, sandbox }: ServerOptions) => rateLimit ?? (sandbox ? 'off' : USUAL_QUOTA)

function running(parts: {
  readonly fetch: Fetch
  readonly engine: Engine
  readonly services: Services
  readonly listener: Listener | undefined
}): ImServer {
  const { fetch, engine, services, listener } = parts
  const { publicUrl, inboxes, callbacks, faults, store } = services
  const calls = new RunningCalls()
  let closed: Promise<void> | undefined
  const close = async () => {
    faults?.close()
    // Streams would keep the socket busy for ever, so they end first.
    await inboxes.close()
    await Promise.all([listener?.close(), calls.settled(), callbacks.close()])
    await engine.close()
    await store.close()
  }
  return {
    url: listener?.url ?? publicUrl ?? 'http://localhost',
    fetch: async request =>
      closed ? refused(new Refusal(899030)) : calls.track(Promise.resolve(fetch(request))),
    close: () => (closed ??= close()),
  }
}
