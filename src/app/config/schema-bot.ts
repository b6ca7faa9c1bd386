import { z } from 'zod'
import { Id, text, Username, UserRef } from '../../protocol/fields.ts'
import { isLanguage, LANGUAGE } from '../../runtime/texts/language.ts'
import { duration, Name, PluginName, TimeZone, whole } from './schema-fields.ts'
import { pluginLimits } from './schema-limits.ts'

const SECOND = 1000
const DAY = 86_400_000

/** All, none, or those in a list. */
const heard = z.union([z.enum(['all', 'none']), z.array(Id)])

const Heard = z.strictObject({
  groups: heard.prefault('all').describe('Which groups it hears: all, none, or a list of ids.'),
  rooms: heard.prefault('all').describe('Which chat rooms it hears: all, none, or a list of ids.'),
  direct: z.boolean().default(true).describe('Whether it hears what is said to it directly.'),
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
  enabled: z.boolean().optional().describe('Whether it is there at all.'),
  groups: heard.optional().describe('Groups in which it can be given.'),
  rooms: heard.optional().describe('Chat rooms in which it can be given.'),
  direct: z.boolean().optional().describe('Whether it can be given in a direct chat.'),
  role: roles.optional().describe('Who may give it; an empty list: everybody.'),
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
      use: PluginName.optional().describe('Which plugin it is, where the instance has another name.'),
      enabled: z.boolean().default(true).describe('Whether the plugin runs.'),
      isolation: isolation.optional().describe('Where the plugin runs; default: as the bot says.'),
      limits: z
        .strictObject(pluginLimits)
        .partial()
        .optional()
        .describe('Bounds of this plugin, over those of config.yaml.'),
      commands: z
        .record(z.string(), CommandRule, 'must be a map of commands and what is said of them')
        .optional()
        .describe('Where, for whom and how often its commands can be given, by their names.'),
    },
    'must be a map of settings, or nothing',
  )
  .nullable()

const NO_LANGUAGE = 'must be a language such as en or zh'
/** Such as `en`, `zh`, `zh-TW`. */
const Language = z
  .string()
  .regex(LANGUAGE, { error: NO_LANGUAGE, abort: true })
  .refine(isLanguage, NO_LANGUAGE)

/** An id of a group or chat room, as the key of a map. */
const IdKey = z.string().regex(/^[1-9]\d{0,15}$/, 'must be the id of a group or chat room')

/** A username, as the key of a map. */
const UserKey = z.string().min(1, 'must be a username').max(128, 'must be a username')

/** What a file in the folder of bots says. */
export const BotFile = z.strictObject({
  app: Name.optional().describe('Which of apps it belongs to; absent: that of jmessage.'),
  username: Username.describe(
    'Of its account, which is registered as an admin at the first start: 4 to 128 letters, digits, _ . - @.',
  ),
  nickname: text(0, 64).optional().describe('At most 64 bytes. Set when the account is registered.'),
  avatar: text(1, 1024).optional().describe('A media_id. Set when the account is registered.'),
  adopt: z.boolean().default(false).describe('Take over an admin of this username that exists already.'),
  enabled: z.boolean().default(true).describe('Whether the bot runs.'),
  mode: z
    .enum(['live', 'shadow'])
    .default('live')
    .describe('shadow: it hears everything, and what it would say and do is noted and not done.'),
  isolation: isolation
    .default('none')
    .describe('Where its plugins run; worker: each in a thread of its own, which is killed when it hangs.'),
  listen: Heard.prefault({}).describe('Which conversations it hears.'),
  prefix: z
    .string('must be 1 to 3 characters')
    .regex(/^\S{1,3}$/u, 'must be 1 to 3 characters, none of them a space')
    .default('/')
    .describe('What commands begin with: 1 to 3 characters.'),
  timezone: TimeZone.default('UTC').describe('IANA zone of the times of its plugins.'),
  language: Language.default('en').describe('In which it talks: en, zh.'),
  languages: z
    .strictObject({
      groups: z
        .record(IdKey, Language, 'must be a map of group ids and languages')
        .optional()
        .describe('By the ids of groups.'),
      rooms: z
        .record(IdKey, Language, 'must be a map of room ids and languages')
        .optional()
        .describe('By the ids of chat rooms.'),
      users: z
        .record(UserKey, Language, 'must be a map of usernames and languages')
        .optional()
        .describe('By username.'),
    })
    .optional()
    .describe('In which it talks with some, until they choose another by /language.'),
  help: z.boolean().default(true).describe('Whether it tells of its commands: /help, and suggestions.'),
  roles: z
    .record(RoleName, z.array(UserRef, 'must be a list of usernames'))
    .default({})
    .describe('Usernames by role. Those with the role owner have every role.'),
  plugins: z
    .record(Name, PluginEntry, 'must be a map of instance names and settings')
    .default({})
    .describe('Plugins by the names of their instances, each with its settings.'),
  services: z
    .record(z.string(), Name, 'must be a map of services and instances of plugins')
    .optional()
    .describe('Which instance is to provide a service, where several of its plugins do.'),
})
export type BotFile = z.output<typeof BotFile>
