import { z } from 'zod'
import { MAIN_APP } from '../../runtime/apps.ts'
import { IpRange } from '../../runtime/sources/webhook/ip-ranges.ts'
import { AddressField, duration, HttpUrl, Key, Name, Path, whole } from './schema-fields.ts'
import { pluginLimits } from './schema-limits.ts'

export { BotFile, PluginEntry } from './schema-bot.ts'
export type { PluginLimitsFile } from './schema-limits.ts'

const SECOND = 1000
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The highest quota of the IM server. */
const MOST_QUOTA = 1_000_000

const MOST_PROXIES = 1000

/** Empty counts as not given, as a quoted `"${NAME:-}"` is when there is no such variable. */
const unlessEmpty = <S extends z.ZodType>(schema: S) =>
  z
    .preprocess(value => (value === '' ? undefined : value), schema.optional())
    .optional()
    .meta({ minLength: 0 })

/** Calls a minute. */
const quota = z.union(
  [z.literal('off'), whole(1, MOST_QUOTA)],
  `must be off, or an integer from 1 to ${MOST_QUOTA}`,
)

const Jmessage = z.strictObject({
  appKey: Key.describe('Of the app: 24 letters or digits.'),
  masterSecret: Key.describe(
    'Of the app: 24 letters or digits. Better taken from a file or the environment than written here.',
  ),
  endpoint: unlessEmpty(HttpUrl).describe(
    'Where the IM REST API is; the real one: https://api.im.jpush.cn. Absent: the embedded server.',
  ),
  reportEndpoint: unlessEmpty(HttpUrl).describe(
    'Where the report API is. Absent: https://report.im.jpush.cn for the real JMessage, else the endpoint.',
  ),
  inbound: z
    .enum(['callback', 'poll', 'both', 'none'])
    .optional()
    .describe('How messages come in. Absent: callback with the embedded server, poll with any other.'),
  pollEvery: duration(10, 24 * HOUR)
    .prefault('10s')
    .describe('How often the history is read, where messages are polled: 10ms to 24h.'),
  timeout: duration(10, HOUR)
    .prefault('10s')
    .describe('Longest wait for JMessage, for a connection and between parts of an answer: 10ms to 1h.'),
  quota: quota
    .optional()
    .describe(
      'Calls a minute that are made at most: off, or 1 to 1000000. Absent: 600, or that of server.rateLimit.',
    ),
})

/** As a file describes an app. */
export type AppFile = z.output<typeof Jmessage>

const AppName = Name.refine(name => name !== MAIN_APP, `must not be ${MAIN_APP}: that is the app of jmessage`)

const Server = z.strictObject({
  listen: AddressField.prefault('127.0.0.1:7070').describe('Where the embedded IM server listens.'),
  sandbox: z
    .boolean()
    .default(false)
    .describe(
      'Lets anybody who reaches it speak as any user, move the clock and read inboxes. For play and tests only.',
    ),
  rateLimit: quota.default('off').describe('Calls a minute that an app may make: off, or 1 to 1000000.'),
  town: z.boolean().default(false).describe('Make a small town to play in at the first start.'),
})

const Log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least that is logged.'),
  format: z
    .enum(['auto', 'pretty', 'json'])
    .default('auto')
    .describe('pretty for people, json for machines; auto: pretty on a terminal.'),
})

const Limits = z.strictObject({
  webhookBytes: whole(1024, 64 * 1024 * 1024)
    .default(1024 * 1024)
    .describe('Largest body of a webhook, in bytes.'),
  pending: whole(1, 100_000_000)
    .default(100_000)
    .describe('When so many events and sends wait, webhooks are answered 503 for a while.'),
  handler: pluginLimits.handler.prefault('30s'),
  attempts: pluginLimits.attempts.default(6),
  concurrency: pluginLimits.concurrency.default(32),
  queue: pluginLimits.queue.default(50_000),
  failures: pluginLimits.failures.default(20),
  pause: pluginLimits.pause.prefault('30s'),
  sendAttempts: whole(1, 1000).default(10).describe('How often a call is made that JMessage fails at.'),
  sendAge: duration(10 * SECOND, 30 * DAY)
    .prefault('1d')
    .describe('How long a call may wait for JMessage before it is set aside: 10s to 30d.'),
})

const Keep = z.strictObject({
  age: duration(HOUR, 3650 * DAY)
    .prefault('30d')
    .describe('How long handled events and what was sent are kept: 1h to 3650d.'),
  events: whole(1000, 1_000_000_000).default(1_000_000).describe('How many of them are kept at most.'),
})

const Watchdog = z.strictObject({
  warnAfter: duration(100, HOUR)
    .prefault('2s')
    .describe('When a plugin keeps the process busy for so long without a pause, the log names it.'),
  endAfter: z
    .union([z.literal('never'), duration(SECOND, HOUR)])
    .prefault('1m')
    .describe('After so long the process ends itself, to be started again; never: it does not.'),
})

const Telemetry = z.strictObject({
  otlp: unlessEmpty(HttpUrl).describe('Where spans are sent to, by OTLP over HTTP.'),
  metrics: z
    .enum(['private', 'all', 'off'])
    .default('private')
    .describe('Who may read /metrics, and what /readyz says beside its status.'),
})

/** What config.yaml says; `resolveMain` makes the configuration of it. */
export const MainFile = z.strictObject({
  data: Path.default('./data').describe('Folder of the databases and of uploaded media.'),
  database: unlessEmpty(Path).describe(
    'The path of an SQLite file, :memory:, or postgres://…, which several processes may share. Absent: beadle.db in data.',
  ),
  listen: AddressField.prefault('127.0.0.1:7071').describe(
    'Where webhooks and callbacks are taken, and /healthz, /readyz and /metrics answered.',
  ),
  drain: duration(0, MINUTE)
    .prefault('0s')
    .describe('How long it goes on taking requests once it is to end: 0s to 1m.'),
  publicUrl: unlessEmpty(HttpUrl).describe(
    'Under which address the world reaches listen. beadle doctor tries it.',
  ),
  trustProxies: z
    .array(IpRange, 'must be a list of addresses')
    .max(MOST_PROXIES)
    .default([])
    .describe('Addresses of proxies that are believed whom they say a call of a webhook is from.'),
  jmessage: Jmessage.prefault({} as z.input<typeof Jmessage>).describe('The app of JMessage.'),
  apps: z
    .record(AppName, Jmessage, 'must be a map of names and apps')
    .default({})
    .describe('More apps, with the fields of jmessage each.'),
  server: Server.prefault({}).describe('The embedded IM server. Idle where every app has an endpoint.'),
  bots: Path.default('./bots').describe('Folder with a file for each bot.'),
  plugins: z
    .array(Path)
    .default(['./plugins'])
    .describe('Folders in which plugins are looked for, in this order.'),
  log: Log.prefault({}).describe('What is logged, and how. It goes to standard error.'),
  limits: Limits.prefault({}).describe('Bounds of what is taken in, handled and sent.'),
  keep: Keep.prefault({}).describe('What is kept of what is over.'),
  watchdog: Watchdog.prefault({}).describe('What happens when a plugin keeps the process busy.'),
  telemetry: Telemetry.prefault({}).describe('Who is told how Beadle does.'),
})
export type MainFile = z.output<typeof MainFile>
