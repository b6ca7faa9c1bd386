import { z } from 'zod'
import { Id, text, Username, UserRef } from '../../protocol/fields.ts'
import { AddressField, duration, HttpUrl, Key, Name, Path, TimeZone, whole } from './schema-fields.ts'

const SECOND = 1000
const HOUR = 3_600_000
/** The highest quota of the IM server. */
const MOST_QUOTA = 1_000_000

/** Empty counts as not given, as a quoted `"${NAME:-}"` is when there is no such variable. */
const unlessEmpty = <S extends z.ZodType>(schema: S) =>
  z.preprocess(value => (value === '' ? undefined : value), schema.optional()).optional()

const Jmessage = z.strictObject({
  appKey: Key,
  masterSecret: Key,
  endpoint: unlessEmpty(HttpUrl).describe('Absent: the embedded server.'),
  reportEndpoint: unlessEmpty(HttpUrl),
  inbound: z.enum(['callback', 'poll', 'both', 'none']).optional().describe('How messages come in.'),
  pollEvery: duration(10, 24 * HOUR).default(10 * SECOND),
  timeout: duration(10, HOUR).default(10 * SECOND),
})

const Server = z.strictObject({
  listen: AddressField.default({ host: '127.0.0.1', port: 7070 }),
  sandbox: z.boolean().default(false).describe('Whether anybody may speak for users and move the clock.'),
  rateLimit: z
    .union([z.literal('off'), whole(1, MOST_QUOTA)], `must be off, or an integer from 1 to ${MOST_QUOTA}`)
    .default('off')
    .describe('Calls a minute.'),
  town: z.boolean().default(false).describe('Make a small town to play in at the first start.'),
})

const Log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  format: z.enum(['auto', 'pretty', 'json']).default('auto'),
})

const Limits = z.strictObject({
  webhookBytes: whole(1024, 64 * 1024 * 1024).default(1024 * 1024),
  pending: whole(1, 100_000_000).default(100_000),
})

/** What config.yaml says; `resolveMain` makes the configuration of it. */
export const MainFile = z.strictObject({
  data: Path.default('./data'),
  database: unlessEmpty(Path),
  listen: AddressField.default({ host: '127.0.0.1', port: 7071 }),
  publicUrl: unlessEmpty(HttpUrl),
  jmessage: Jmessage.prefault({} as z.input<typeof Jmessage>),
  server: Server.prefault({}),
  bots: Path.default('./bots'),
  plugins: z.array(Path).default(['./plugins']),
  log: Log.prefault({}),
  limits: Limits.prefault({}),
})
export type MainFile = z.output<typeof MainFile>

/** All, none, or those in a list. */
const heard = z.union([z.enum(['all', 'none']), z.array(Id)])

const Heard = z.strictObject({
  groups: heard.default('all'),
  rooms: heard.default('all'),
  direct: z.boolean().default(true),
})

/** What is the framework's in the settings of a plugin; the rest belongs to the plugin. */
export const PluginEntry = z
  .looseObject(
    { use: Name.optional(), enabled: z.boolean().default(true) },
    'must be a map of settings, or nothing',
  )
  .nullable()

const RoleName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 characters of a-z, A-Z, 0-9, _ and -')

/** What a file in the folder of bots says. */
export const BotFile = z.strictObject({
  username: Username,
  nickname: text(0, 64).optional(),
  avatar: text(1, 1024).optional(),
  adopt: z.boolean().default(false).describe('Take over an admin of this username that exists already.'),
  enabled: z.boolean().default(true),
  listen: Heard.prefault({}).describe('Which conversations it hears.'),
  prefix: z
    .string('must be 1 to 3 characters')
    .regex(/^\S{1,3}$/u, 'must be 1 to 3 characters, none of them a space')
    .default('/'),
  timezone: TimeZone.default('UTC'),
  roles: z.record(RoleName, z.array(UserRef, 'must be a list of usernames')).default({}),
  plugins: z.record(Name, PluginEntry, 'must be a map of instance names and settings').default({}),
})
export type BotFile = z.output<typeof BotFile>
