import { z } from 'zod'
import { AppError } from '../base/errors.ts'
import type { Client } from '../client/index.ts'
import { describeIssue } from '../protocol/index.ts'
import type { BotSpec, PluginSpec } from '../runtime/options.ts'
import type { CommandRules } from '../runtime/plugin/commands/commanding.ts'
import { gapsOf, type PluginDefinition } from '../runtime/plugin/define.ts'
import type { Towns } from './places.ts'
import { TOWNSPEOPLE, type WorldOptions } from './world-options.ts'

const BOT = { id: 'bot', username: 'test-bot' }

/** A plugin, with its settings as they would be in a bot's file. */
export interface PluginUse {
  readonly use: PluginDefinition
  /** Name of the instance. Default: the plugin's. */
  readonly name?: string
  readonly config?: unknown
  /** `worker`: in a thread of its own, which loads it from `file`. */
  readonly isolation?: PluginSpec['isolation']
  readonly file?: string
  /** What the bot's file would say of its commands, by their names. */
  readonly commands?: CommandRules
}

/** A bot of a world. */
export type WorldBot = Omit<BotSpec, 'plugins'> & { readonly plugins?: readonly PluginUse[] }

/** The bots of a world, with the settings of their plugins checked. */
export function botsOf({ bots, bot, plugins }: WorldOptions): BotSpec[] {
  const wanted: readonly WorldBot[] = bots ?? [{ ...BOT, ...bot, ...(plugins ? { plugins } : {}) }]
  return wanted.map(({ plugins = [], ...spec }) => ({ ...spec, plugins: plugins.map(checked) }))
}

function checked({ use, name = use.name, config = {}, file, isolation, commands }: PluginUse): PluginSpec {
  const result = (use.config ?? z.strictObject({})).safeParse(config)
  const rules = commands ? { commands } : {}
  const gaps = gapsOf(use)
  if (gaps.length > 0) {
    throw new AppError(`the languages of ${name} differ: ${gaps.join('; ')}`, {
      code: 'world.texts',
      hint: 'Where Beadle runs, English is said in place of what is missing.',
    })
  }
  if (result.success)
    return { name, definition: use, config: result.data, settings: config, file, isolation, ...rules }
  throw new AppError(`the settings of ${name} are wrong: ${describeIssue(result.error, 'settings')}`, {
    code: 'world.settings',
  })
}

/** Registers the people and makes the groups and rooms. */
export async function settle(client: Client, options: WorldOptions): Promise<Towns> {
  const { users = TOWNSPEOPLE, groups = ['square'], rooms = ['hall'] } = options
  const [owner_username, ...members_username] = users
  if (owner_username === undefined) return { groups: {}, rooms: {} }
  const results = await client.users.register({
    body: users.map(username => ({ username, password: 'password' })),
  })
  const refused = results.find(({ error }) => error)
  if (refused) throw new AppError(`${refused.username}: ${refused.error?.message}`, { code: 'world.users' })
  const towns = { groups: {} as Record<string, number>, rooms: {} as Record<string, number> }
  for (const name of groups) {
    const { gid } = await client.groups.create({ body: { owner_username, name, members_username } })
    towns.groups[name] = gid
  }
  for (const name of rooms) {
    const body = { owner_username, name, members_username }
    towns.rooms[name] = (await client.chatrooms.create({ body })).chatroom_id
  }
  return towns
}
