import { dirname } from 'node:path'
import { sleep, systemClock } from '../base/clock.ts'
import { AppError } from '../base/errors.ts'
import { idMaker } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { type Client, createClient, fetchTransport } from '../client/index.ts'
import type { AppOptions } from '../runtime/apps.ts'
import type { Observer } from '../runtime/observer.ts'
import type { BotSpec } from '../runtime/options.ts'
import { ledgerIn } from '../runtime/quota/shared-ledger.ts'
import { type ReloadAnswer, Reloads } from '../runtime/reloads/reloads.ts'
import { Runtime } from '../runtime/runtime.ts'
import { type ImServer, startServer } from '../server/index.ts'
import { isPostgres, openStore, START_WAIT_MS, type Store } from '../store/index.ts'
import { type RuntimeTables, runtimeSchema } from '../store/schema/runtime.ts'
import { clientOptions, reachable } from './client-options.ts'
import { appsOf, hasEmbedded, type LoadedConfig, type MainConfig } from './config/index.ts'
import { Figures } from './figures.ts'
import { fleetOf, processName } from './fleet.ts'
import { type Fetch, type Front, openFront } from './front.ts'
import { startGuard } from './guard.ts'
import { KnownSecrets, secretsOf } from './hide-secrets.ts'
import { loadBotSpecs } from './plugins.ts'
import { type DevMeans, RunningConfig } from './reload/running-config.ts'
import type { Strays } from './strays.ts'
import { buildTown } from './town.ts'
import { startWatch } from './watch.ts'

/** A running Beadle. */
export interface Beadle {
  /** Of webhooks, callbacks and health. */
  readonly url: string
  /** Answers requests as {@link url} would. */
  readonly fetch: Fetch
  /** Of the embedded IM server, if it runs. */
  readonly serverUrl: string | undefined
  /** The embedded IM server, if it runs. */
  readonly imServer: Pick<ImServer, 'url' | 'fetch'> | undefined
  /** Whether the town was built in this start. */
  readonly townBuilt: boolean
  readonly bots: readonly BotSpec[]
  readonly runtime: Runtime
  /** Reads the configuration anew, and applies what has changed. */
  reload(): Promise<ReloadAnswer>
  /** Once `drain` is over: takes nothing more in, finishes or parks what runs, and closes everything, within about `graceMs`. */
  close(graceMs?: number): Promise<void>
}

export interface StartOptions {
  /** Of Beadle. */
  readonly version?: string
  /** Takes errors that nobody takes. With it, a watchdog watches over the event loop, too. Default: neither. */
  readonly strays?: Strays
  /** Of the log: learns of those that are read later. */
  readonly secrets?: KnownSecrets
  /** Whether it listens; else it is asked by {@link Beadle.fetch} alone. Default: yes. */
  readonly listens?: boolean
  /** Whether the embedded IM server listens. Default: yes. */
  readonly serverListens?: boolean
  /** Reads the configuration anew for a reload. Default: from its files. */
  readonly reread?: () => Promise<LoadedConfig>
  /** For `beadle dev`. */
  readonly dev?: DevMeans
  /** How long it is waited for a PostgreSQL that does not answer yet, in ms. Default 30,000. */
  readonly databaseWaitMs?: number
}

/** Whoever types a command waits so long for it to be noticed, at most. */
const ORDERS_EVERY_MS = 500
/** As that; in a fleet, news of a reload is heard at once, and it is looked for in case that was missed. */
const RELOADS_EVERY_MS = { alone: 500, fleet: 5000 }

/** Time for a shutdown, the embedded server apart. */
const GRACE_MS = 8000

/**
 * Brings everything up that a configuration describes: the embedded IM server (unless another endpoint is named), the
 * bots with their plugins, and the address for webhooks and callbacks.
 *
 * @throws ConfigError, or AppError saying what is in the way; whatever was up by then is closed again
 */
export async function startBeadle(
  config: LoadedConfig,
  log: Log,
  options: StartOptions = {},
): Promise<Beadle> {
  const { version = 'unknown', strays, dev, secrets = new KnownSecrets(secretsOf(config)) } = options
  const { databaseWaitMs = START_WAIT_MS, listens = true, serverListens = true, reread } = options
  const { main } = config
  const readAt = performance.now()
  const bots = await loadBotSpecs(config, [], dev?.sources)
  let runtime: Runtime | undefined
  let reloads: Reloads | undefined
  const configuration = new RunningConfig({
    ...{ config, bots, runtime: () => runtime, secrets, log, reread, dev },
  })
  let isStarting = true
  let open = false
  let draining = false
  // A port that is in use is found before anything is taken up that another process may be at.
  const front = await openFront({
    ...{ main, listens, isOpen: () => open },
    fetch: (request, connection) => runtime?.http.fetch(request, connection),
    shortcut: (incoming, outgoing) => open && runtime!.shortcut(incoming, outgoing),
  })
  // Undone in reverse order, at the end or when a later step fails.
  const undo: ((leftMs: number) => Promise<void>)[] = []
  const closeAll = async (graceMs: number) => {
    isStarting = false
    open = false
    const end = systemClock.now() + graceMs
    const leftMs = () => Math.max(0, end - systemClock.now())
    // Callers who are slow with their requests must not take all the time from the handlers.
    runtime?.webhooks.waits.stop()
    await front.close(leftMs() / 2)
    const failures: unknown[] = []
    for (const step of undo.reverse().splice(0)) await step(leftMs()).catch(error => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  try {
    const server = hasEmbedded(main)
      ? await startEmbedded(main, { front, log, databaseWaitMs, serverListens })
      : undefined
    if (server) undo.push(() => server.close())
    const store = await openDatabase(main, log, () => (isStarting ? databaseWaitMs : 0))
    undo.push(() => store.close())
    const apps = openApps(main, store, server, serverListens)
    undo.push(async () => void (await Promise.all(apps.map(({ client }) => client.close()))))
    const townBuilt = main.server.town && isEmbedded(main.jmessage) && (await build(apps[0].client, store))
    const watch = await startWatch(main, log, version)
    undo.push(leftMs => watch.close(leftMs))
    const { observer } = watch
    const dispatcher = () => runtime?.dispatcher
    const shared = await fleetOf(store, log, () => void reloads?.look())
    const guard =
      strays &&
      (await startGuard({
        ...{ main, log, bots: () => configuration.bots, strays, store },
        ...{ node: shared?.fleet.id, dispatcher },
      }))
    undo.push(async () => guard?.stop())
    const options = runtimeOptions({ config, bots, apps, store, log, observer })
    const started = new Runtime({ ...options, ...guard?.options, ...shared })
    undo.push(leftMs => started.stop(leftMs))
    const figures = new Figures({ runtime: started, store, main, configuration })
    watch.show(started.http, { figures, isOpen: () => open && !draining })
    runtime = started
    await started.start()
    await guard?.takenUp()
    configuration.begin()
    reloads = reloadsOf({ store, log, configuration, shared, readMsAgo: performance.now() - readAt })
    undo.push(async () => reloads!.stop())
    reloads.start()
    isStarting = false
    open = true
    return {
      url: front.url,
      fetch: front.fetch,
      serverUrl: server?.url,
      imServer: server,
      townBuilt,
      get bots() {
        return started.bots
      },
      runtime: started,
      reload: () => configuration.reload(),
      async close(graceMs = GRACE_MS) {
        draining = true
        if (main.drainMs > 0) await sleep(systemClock, main.drainMs)
        await closeAll(graceMs)
      },
    }
  } catch (error) {
    // Why it could not start is what counts.
    await closeAll(GRACE_MS).catch(() => {})
    throw error
  }
}

const build = (client: Client, store: Store<RuntimeTables>) => buildTown(client, store, systemClock.now())

function startEmbedded(
  main: MainConfig,
  parts: { front: Front; log: Log; databaseWaitMs: number; serverListens: boolean },
): Promise<ImServer> {
  const { front, log, databaseWaitMs, serverListens } = parts
  const { port, fetch } = front
  const at = port === undefined ? 'localhost' : `${reachable(main.listen.host)}:${port}`
  const callback = `http://${at}/callbacks/jmessage`
  const apps = appsOf(main).filter(isEmbedded)
  return startServer({
    listen: serverListens ? main.server.listen : undefined,
    ...(port === undefined ? { callbackFetch: (request: Request) => fetch(request) } : {}),
    // Who runs several processes on one database has several servers on it, too.
    ...(isPostgres(main.database) ? { database: main.database } : { data: main.data }),
    apps: apps.map(({ appKey, masterSecret, inbound }) => {
      const isReached = inbound === 'callback' || inbound === 'both'
      return { appKey, masterSecret, ...(isReached ? { callback, callbackEvents: true } : {}) }
    }),
    sandbox: main.server.sandbox,
    rateLimit: main.server.rateLimit,
    log: log.child({ part: 'server' }),
    databaseWaitMs,
  }).catch(thrown => {
    throw asEmbedded(thrown)
  })
}

/** Where the port of the embedded server is set, is for whoever embeds it to say. */
function asEmbedded(thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'server.listen') return thrown
  return new AppError(`the embedded IM server cannot start: ${thrown.message}`, {
    code: thrown.code,
    hint: 'Is Beadle running already? Stop that process, or set server.listen in config.yaml to another port.',
    cause: thrown,
  })
}

const openDatabase = (main: MainConfig, log: Log, waitMs: () => number): Promise<Store<RuntimeTables>> =>
  openStore(runtimeSchema, { url: main.database, log: log.child({ part: 'store' }), waitMs })

type Apps = readonly [AppOptions, ...AppOptions[]]

const isEmbedded = ({ endpoint }: MainConfig['jmessage']): boolean => endpoint === undefined

/** The apps, each with a client of its own, which counts the calls of its quota. */
const openApps = (
  main: MainConfig,
  store: Store<RuntimeTables>,
  server: ImServer | undefined,
  serverListens: boolean,
) =>
  appsOf(main).map((app): AppOptions => {
    const { name, appKey, masterSecret, inbound, pollEveryMs } = app
    const isSilent = server && !serverListens && isEmbedded(app)
    const transport = isSilent ? { transport: fetchTransport(request => server.fetch(request)) } : {}
    const options = { ...clientOptions(main, app, server), ...transport }
    const client = createClient({ ...options, ledger: ledgerIn(store, appKey) })
    const isPolled = inbound === 'poll' || inbound === 'both'
    return { name, appKey, masterSecret, client, pollEveryMs: isPolled ? pollEveryMs : undefined }
  }) as [AppOptions, ...AppOptions[]]

function reloadsOf(parts: {
  store: Store<RuntimeTables>
  log: Log
  configuration: RunningConfig
  shared: Awaited<ReturnType<typeof fleetOf>>
  readMsAgo: number
}): Reloads {
  const { store, log, configuration, shared, readMsAgo } = parts
  const { clock = systemClock, fleet } = shared ?? {}
  const id = fleet?.id ?? idMaker(() => clock.now())()
  return new Reloads({
    ...{ store, log, clock, readMsAgo, node: { id, name: processName() } },
    everyMs: shared ? RELOADS_EVERY_MS.fleet : RELOADS_EVERY_MS.alone,
    reload: () => configuration.reload(),
  })
}

function runtimeOptions(parts: {
  config: LoadedConfig
  bots: readonly BotSpec[]
  apps: Apps
  store: Store<RuntimeTables>
  log: Log
  observer: Observer
}) {
  const { config, ...rest } = parts
  const { limits } = config.main
  const { plugin, ...others } = limits
  return {
    ...rest,
    baseDir: dirname(config.path),
    limits: { ...plugin, ...others },
    keep: config.main.keep,
    trustProxies: config.main.trustProxies,
    ordersEveryMs: ORDERS_EVERY_MS,
  }
}
