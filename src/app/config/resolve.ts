import { join, resolve } from 'node:path'
import { AppError } from '../../base/errors.ts'
import { isPostgres } from '../../base/postgres-url.ts'
import type { QuotaSetting } from '../../client/index.ts'
import { MAIN_APP } from '../../runtime/apps.ts'
import type { SendLimits } from '../../runtime/bot/outbox.ts'
import type { PluginLimits } from '../../runtime/dispatch/limits.ts'
import type { AppFile, MainFile, PluginLimitsFile } from './schema.ts'
import type { Address } from './schema-fields.ts'

/** An app of JMessage. */
export interface AppConfig {
  readonly appKey: string
  readonly masterSecret: string
  /** Without a slash at its end; undefined for the embedded server. */
  readonly endpoint: string | undefined
  /** As {@link endpoint}. */
  readonly reportEndpoint: string | undefined
  readonly inbound: 'callback' | 'poll' | 'both' | 'none'
  readonly pollEveryMs: number
  readonly timeoutMs: number
  readonly quota: QuotaSetting
}

/** The configuration of one Beadle: every default filled in, every path absolute. */
export interface MainConfig {
  readonly data: string
  /** `:memory:`, `postgres://…`, or the path of a file. */
  readonly database: string
  readonly listen: Address
  readonly publicUrl: string | undefined
  /** Addresses, each one or a range, of proxies that are believed. */
  readonly trustProxies: readonly string[]
  /** The main app. */
  readonly jmessage: AppConfig
  /** The others, by their names. */
  readonly apps: Readonly<Record<string, AppConfig>>
  readonly server: {
    readonly listen: Address
    readonly sandbox: boolean
    /** Calls a minute. */
    readonly rateLimit: number | 'off'
    readonly town: boolean
  }
  readonly bots: string
  readonly plugins: readonly string[]
  readonly log: MainFile['log']
  readonly limits: {
    readonly webhookBytes: number
    readonly pending: number
    readonly plugin: PluginLimits
    readonly send: SendLimits
  }
  readonly keep: { readonly ageMs: number; readonly events: number }
  /** How long requests are still taken after /readyz says that it ends, in ms. */
  readonly drainMs: number
  readonly watchdog: { readonly warnAfterMs: number; readonly endAfterMs: number | 'never' }
  readonly telemetry: MainFile['telemetry']
}

/** Bounds of a plugin as a file gives them, all or some, in the runtime's terms. */
export function pluginLimitsOf(file: PluginLimitsFile): PluginLimits
export function pluginLimitsOf(file: Partial<PluginLimitsFile>): Partial<PluginLimits>
export function pluginLimitsOf({ handler, pause, ...others }: Partial<PluginLimitsFile>) {
  return {
    ...others,
    ...(handler === undefined ? {} : { handlerMs: handler }),
    ...(pause === undefined ? {} : { pauseMs: pause }),
  }
}

const CLOUD_HOST = 'api.im.jpush.cn'
const CLOUD_REPORT = 'https://report.im.jpush.cn'

/** Fills in what depends on other fields. Paths start at `folder`, that of the file. */
export function resolveMain(file: MainFile, folder: string): MainConfig {
  const { webhookBytes, pending, sendAttempts, sendAge, ...plugin } = file.limits
  const { keep, watchdog, drain, ...others } = file
  const data = resolve(folder, file.data)
  return {
    ...others,
    data,
    database: file.database === undefined ? join(data, 'beadle.db') : databaseOf(file.database, folder),
    publicUrl: file.publicUrl,
    jmessage: resolveApp(file.jmessage, file),
    apps: Object.fromEntries(Object.entries(file.apps).map(([name, app]) => [name, resolveApp(app, file)])),
    limits: {
      webhookBytes,
      pending,
      plugin: pluginLimitsOf(plugin),
      send: { attempts: sendAttempts, ageMs: sendAge },
    },
    keep: { ageMs: keep.age, events: keep.events },
    drainMs: drain,
    watchdog: { warnAfterMs: watchdog.warnAfter, endAfterMs: watchdog.endAfter },
    bots: resolve(folder, file.bots),
    plugins: file.plugins.map(path => resolve(folder, path)),
  }
}

function resolveApp(app: AppFile, { server }: MainFile): AppConfig {
  const { pollEvery, timeout, endpoint, reportEndpoint, inbound, quota, ...keys } = app
  return {
    ...keys,
    endpoint,
    reportEndpoint: reportEndpoint ?? (isCloud(endpoint) ? CLOUD_REPORT : endpoint),
    inbound: inbound ?? (endpoint === undefined ? 'callback' : 'poll'),
    pollEveryMs: pollEvery,
    timeoutMs: timeout,
    // An app of the embedded server has the quota that is set there.
    quota: quota ?? (endpoint === undefined ? server.rateLimit : 'auto'),
  }
}

/** An app, and what it is called. */
export interface NamedApp extends AppConfig {
  readonly name: string
}

/** All apps, the main one first. */
export const appsOf = ({ jmessage, apps }: Pick<MainConfig, 'jmessage' | 'apps'>): NamedApp[] => [
  { name: MAIN_APP, ...jmessage },
  ...Object.entries(apps).map(([name, app]) => ({ name, ...app })),
]

/** The app of this name, or, without one, the main one. */
export function appNamed(main: Pick<MainConfig, 'jmessage' | 'apps'>, name: string = MAIN_APP): NamedApp {
  const app = appsOf(main).find(each => each.name === name)
  if (app) return app
  const names = appsOf(main).map(each => each.name)
  throw new AppError(`there is no app ${name}`, {
    code: 'app.unknown',
    hint: `There are ${names.join(', ')}.`,
  })
}

/** Whether some app is on the embedded server, so that it has to run. */
export const hasEmbedded = (main: Pick<MainConfig, 'jmessage' | 'apps'>): boolean =>
  appsOf(main).some(({ endpoint }) => endpoint === undefined)

const isCloud = (endpoint: string | undefined): boolean =>
  endpoint !== undefined && new URL(endpoint).hostname === CLOUD_HOST

const databaseOf = (database: string, folder: string): string =>
  database === ':memory:' || isPostgres(database) ? database : resolve(folder, database)

/** Path of the file that a database is, if it is one. */
export const fileOf = (database: string): string | undefined =>
  database === ':memory:' || isPostgres(database) ? undefined : database
