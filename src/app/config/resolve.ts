import { join, resolve } from 'node:path'
import type { QuotaSetting } from '../../client/index.ts'
import type { SendLimits } from '../../runtime/bot/outbox.ts'
import type { PluginLimits } from '../../runtime/dispatch/limits.ts'
import { isPostgres } from '../../store/index.ts'
import type { MainFile, PluginLimitsFile } from './schema.ts'
import type { Address } from './schema-fields.ts'

/** The configuration of one Beadle: every default filled in, every path absolute. */
export interface MainConfig {
  readonly data: string
  /** `:memory:`, `postgres://…`, or the path of a file. */
  readonly database: string
  readonly listen: Address
  readonly publicUrl: string | undefined
  readonly jmessage: {
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
  const { pollEvery, timeout, endpoint, reportEndpoint, inbound, quota, ...keys } = file.jmessage
  const { webhookBytes, pending, sendAttempts, sendAge, ...plugin } = file.limits
  const { keep, watchdog, drain, ...others } = file
  const data = resolve(folder, file.data)
  return {
    ...others,
    data,
    database: file.database === undefined ? join(data, 'beadle.db') : databaseOf(file.database, folder),
    publicUrl: file.publicUrl,
    jmessage: {
      ...keys,
      endpoint,
      reportEndpoint: reportEndpoint ?? (isCloud(endpoint) ? CLOUD_REPORT : endpoint),
      inbound: inbound ?? (endpoint === undefined ? 'callback' : 'poll'),
      pollEveryMs: pollEvery,
      timeoutMs: timeout,
      // An app of the embedded server has the quota that is set there.
      quota: quota ?? (endpoint === undefined ? file.server.rateLimit : 'auto'),
    },
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

const isCloud = (endpoint: string | undefined): boolean =>
  endpoint !== undefined && new URL(endpoint).hostname === CLOUD_HOST

const databaseOf = (database: string, folder: string): string =>
  database === ':memory:' || isPostgres(database) ? database : resolve(folder, database)

/** Path of the file that a database is, if it is one. */
export const fileOf = (database: string): string | undefined =>
  database === ':memory:' || isPostgres(database) ? undefined : database
