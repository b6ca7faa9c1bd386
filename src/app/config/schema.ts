import { z } from 'zod'
import { Id, text, Username, UserRef } from '../../protocol/fields.ts'
import { MAIN_APP } from '../../runtime/apps.ts'
import { IpRange } from '../../runtime/sources/webhook/ip-ranges.ts'
import { AddressField, duration, HttpUrl, Key, Name, Path, TimeZone, whole } from './schema-fields.ts'

const SECOND = 1000
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The highest quota of the IM server. */
const MOST_QUOTA = 1_000_000

const MOST_PROXIES = 1000

/** Empty counts as not given, as a quoted `"${NAME:-}"` is when there is no such variable. */
const unlessEmpty = <S extends z.ZodType>(schema: S) =>
  z.preprocess(value => (value === '' ? undefined : value), schema.optional()).optional()

/** Calls a minute. */
const quota = z.union(
  [z.literal('off'), whole(1, MOST_QUOTA)],
  `must be off, or an integer from 1 to ${MOST_QUOTA}`,
)

const Jmessage = z.strictObject({
  appKey: Key,
  masterSecret: Key,
  endpoint: unlessEmpty(HttpUrl).describe('Absent: the embedded server.'),
  reportEndpoint: unlessEmpty(HttpUrl),
  inbound: z.enum(['callback', 'poll', 'both', 'none']).optional().describe('How messages come in.'),
  pollEvery: duration(10, 24 * HOUR).default(10 * SECOND),
  timeout: duration(10, HOUR).default(10 * SECOND),
  quota: quota.optional().describe('Calls a minute that are made at most.'),
})

/** As a file describes an app. */
export type AppFile = z.output<typeof Jmessage>

const AppName = Name.refine(name => name !== MAIN_APP, `must not be ${MAIN_APP}: that is the app of jmessage`)

const Server = z.strictObject({
  listen: AddressField.default({ host: '127.0.0.1', port: 7070 }),
  sandbox: z.boolean().default(false).describe('Whether anybody may speak for users and move the clock.'),
  rateLimit: quota.default('off').describe('Calls a minute.'),
  town: z.boolean().default(false).describe('Make a small town to play in at the first start.'),
})

const Log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  format: z.enum(['auto', 'pretty', 'json']).default('auto'),
})

/** Bounds of one plugin of one bot. */
const pluginLimits = {
  handler: duration(100, HOUR),
  attempts: whole(1, 100),
  concurrency: whole(1, 1000),
  queue: whole(1, 100_000_000),
  failures: whole(1, 1_000_000),
  pause: duration(100, DAY),
}

/** As a file gives them: lengths of time in ms. */
export type PluginLimitsFile = { [Key in keyof typeof pluginLimits]: number }

const Limits = z.strictObject({
  webhookBytes: whole(1024, 64 * 1024 * 1024).default(1024 * 1024),
  pending: whole(1, 100_000_000).default(100_000),
  handler: pluginLimits.handler.default(30 * SECOND).describe('Longest time a handler may take.'),
  attempts: pluginLimits.attempts.default(6).describe('Attempts at an event before it is set aside.'),
  concurrency: pluginLimits.concurrency.default(32).describe('Handlers of one plugin at the same time.'),
  queue: pluginLimits.queue.default(50_000).describe('Events that may wait for one plugin.'),
  failures: pluginLimits.failures.default(20).describe('Failures in a row after which a plugin rests.'),
  pause: pluginLimits.pause.default(30 * SECOND).describe('How long it rests at first.'),
  sendAttempts: whole(1, 1000).default(10).describe('How often a call is made that JMessage fails at.'),
  sendAge: duration(10 * SECOND, 30 * DAY)
    .default(DAY)
    .describe('How long a call may wait to be made.'),
})

const Keep = z.strictObject({
  age: duration(HOUR, 3650 * DAY)
    .default(30 * DAY)
    .describe('How long done events are kept.'),
  events: whole(1000, 1_000_000_000).default(1_000_000).describe('How many done events are kept.'),
})

const Watchdog = z.strictObject({
  warnAfter: duration(100, HOUR).default(2 * SECOND),
  endAfter: z.union([z.literal('never'), duration(SECOND, HOUR)]).default(MINUTE),
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
  data: Path.default('./data'),
  database: unlessEmpty(Path),
  listen: AddressField.default({ host: '127.0.0.1', port: 7071 }),
  drain: duration(0, MINUTE).default(0).describe('How long it goes on taking requests once it is to end.'),
  publicUrl: unlessEmpty(HttpUrl),
  trustProxies: z
    .array(IpRange, 'must be a list of addresses')
    .max(MOST_PROXIES)
    .default([])
    .describe('Addresses of proxies that are believed whom they say a call of a webhook is from.'),
  jmessage: Jmessage.prefault({} as z.input<typeof Jmessage>),
  apps: z
    .record(AppName, Jmessage, 'must be a map of names and apps')
    .default({})
    .describe('More apps, with the fields of jmessage each.'),
  server: Server.prefault({}),
  bots: Path.default('./bots'),
  plugins: z.array(Path).default(['./plugins']),
  log: Log.prefault({}),
  limits: Limits.prefault({}),
  keep: Keep.prefault({}),
  watchdog: Watchdog.prefault({}),
  telemetry: Telemetry.prefault({}),
})
export type MainFile = z.output<typeof MainFile>

/** All, none, or those in a list. */
const heard = z.union([z.enum(['all', 'none']), z.array(Id)])

const Heard = z.strictObject({
  groups: heard.default('all'),
  rooms: heard.default('all'),
  direct: z.boolean().default(true),
})

/** Where a plugin runs: with the others, or in a thread of its own, which can be killed. */
const isolation = z.enum(['none', 'worker'])

const RoleName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 characters of a-z, A-Z, 0-9, _ and -')

const roles = z.union([RoleName, z.array(RoleName)], 'must be a role, or a list of roles')
const cooldownTime = duration(SECOND, 30 * DAY)

/** What is said of a command of a plugin. */
const CommandRule = z.strictObject({
  enabled: z.boolean().optional(),
  groups: heard.optional().describe('Groups in which it can be given.'),
  rooms: heard.optional(),
  direct: z.boolean().optional(),
  role: roles.optional(),
  cooldown: z
    .union([
      z.literal('off'),
      cooldownTime,
      z.strictObject({
        for: cooldownTime,
        per: z.enum(['person', 'conversation', 'bot']).optional(),
        uses: whole(1, 100).optional(),
        exempt: roles.optional(),
      }),
    ])
    .optional(),
})

/** What is the framework's in the settings of a plugin; the rest belongs to the plugin. */
export const PluginEntry = z
  .looseObject(
    {
      use: Name.optional(),
      enabled: z.boolean().default(true),
      isolation: isolation.optional(),
      limits: z.strictObject(pluginLimits).partial().optional(),
      commands: z
        .record(z.string(), CommandRule, 'must be a map of commands and what is said of them')
        .optional(),
    },
    'must be a map of settings, or nothing',
  )
  .nullable()

/** Such as `en`, `zh`, `zh-TW`. */
const Language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language such as en or zh')

/** What a file in the folder of bots says. */
export const BotFile = z.strictObject({
  app: Name.optional().describe('Which of apps it belongs to; absent: that of jmessage.'),
  username: Username,
  nickname: text(0, 64).optional(),
  avatar: text(1, 1024).optional(),
  adopt: z.boolean().default(false).describe('Take over an admin of this username that exists already.'),
  enabled: z.boolean().default(true),
  mode: z
    .enum(['live', 'shadow'])
    .default('live')
    .describe('shadow: it hears everything, and what it would say and do is noted and not done.'),
  isolation: isolation.default('none').describe('Where its plugins run.'),
  listen: Heard.prefault({}).describe('Which conversations it hears.'),
  prefix: z
    .string('must be 1 to 3 characters')
    .regex(/^\S{1,3}$/u, 'must be 1 to 3 characters, none of them a space')
    .default('/'),
  timezone: TimeZone.default('UTC'),
  language: Language.default('en').describe('In which it talks: en, zh.'),
  help: z.boolean().default(true).describe('Whether it tells of its commands.'),
  roles: z.record(RoleName, z.array(UserRef, 'must be a list of usernames')).default({}),
  plugins: z.record(Name, PluginEntry, 'must be a map of instance names and settings').default({}),
  services: z
    .record(z.string(), Name, 'must be a map of services and instances of plugins')
    .optional()
    .describe('Which instance is to provide a service, where several of its plugins do.'),
})
export type BotFile = z.output<typeof BotFile>
