import {
  ApiError,
  type CommandContext,
  formatDuration,
  type GroupTarget,
  type PluginContext,
  type RoomTarget,
  type Speaking,
  UserError,
} from 'beadle'
import type { Settings } from './settings.ts'
import type { texts } from './texts.ts'

type Speech = Speaking<typeof texts>
type Given = CommandContext<{ readonly user: string }> & Speech

/** The commands with which moderators keep order. */
export function addCommands(ctx: PluginContext<Speech>, { words }: Settings): void {
  const role = 'moderator'
  const here = { role, in: ['group', 'room'] } as const

  ctx.command(
    'mute <user> [for:duration=10m] [reason...]',
    {
      ...here,
      description: { en: 'Mute somebody here for a while', zh: '在这里禁言某人一段时间' },
      names: { zh: '禁言' },
    },
    async given => {
      const { user, for: term, reason } = given.args
      await inPlace(given, place => place.mute(user, { for: term }))
      const said = { user, time: formatDuration(term, given.language) }
      return reason ? given.t('mutedBecause', { ...said, reason }) : given.t('muted', said)
    },
  )
  ctx.command(
    'unmute <user>',
    {
      ...here,
      description: { en: 'Let somebody speak here again', zh: '允许某人在这里重新发言' },
      names: { zh: '解除禁言' },
    },
    async given => {
      const { user } = given.args
      await inPlace(given, place => place.unmute(user))
      return given.t('unmuted', { user })
    },
  )
  ctx.command(
    'kick <user>',
    {
      ...here,
      description: { en: 'Remove somebody from here', zh: '将某人移出这里' },
      names: { zh: '移出' },
    },
    async given => {
      const { user } = given.args
      await inPlace(given, place => place.kick(user))
      return given.t('kicked', { user })
    },
  )
  ctx.command(
    'ban <user> [for:duration]',
    {
      role,
      description: {
        en: 'Disable the account of somebody, for good or for a while',
        zh: '永久或暂时禁用某人的账号',
      },
      names: { zh: '封禁' },
    },
    async given => {
      const { user, for: term } = given.args
      await toUser(given, () => given.bot.user(user).ban(term === undefined ? {} : { for: term }))
      if (term === undefined) return given.t('banned', { user })
      return given.t('bannedFor', { user, time: formatDuration(term, given.language) })
    },
  )
  ctx.command(
    'unban <user>',
    { role, description: { en: 'Enable an account again', zh: '重新启用账号' }, names: { zh: '解封' } },
    async given => {
      const { user } = given.args
      await toUser(given, () => given.bot.user(user).unban())
      return given.t('unbanned', { user })
    },
  )
  ctx.command(
    'dnd <user> <on:flag>',
    {
      role,
      description: { en: "Switch somebody's do-not-disturb on or off", zh: '开启或关闭某人的免打扰' },
      names: { zh: '免打扰' },
    },
    async given => {
      const { user, on } = given.args
      await toUser(given, () => given.bot.user(user).doNotDisturb({ global: on }))
      return given.t(on ? 'dndOn' : 'dndOff', { user })
    },
  )
  ctx.command(
    'words',
    {
      role,
      description: {
        en: 'How many words are forbidden; in a direct chat, which',
        zh: '敏感词的数量；在私聊中列出它们',
      },
      names: { zh: '敏感词' },
    },
    ({ group, room, t }) => {
      const { length: count } = words
      // Said in a group, the list would be what it forbids.
      if (group || room || count === 0) return t(count === 1 ? 'word' : 'words', { count })
      return t(count === 1 ? 'whichWord' : 'whichWords', { count, words: shortened(words, t) })
    },
  )
}

/** Does something where the command was given: in a group or chat room. */
const inPlace = (given: Given, run: (place: GroupTarget | RoomTarget) => Promise<void>): Promise<void> =>
  toUser(given, () => run((given.group ?? given.room)!))

/** Does something to a user, and says in plain words why that cannot be done. */
async function toUser({ args: { user }, bot, t }: Given, run: () => Promise<void>): Promise<void> {
  if (user === bot.username) throw new UserError(t('me'))
  try {
    await run()
  } catch (error) {
    const reason = error instanceof ApiError ? reasons[error.jmCode] : undefined
    throw reason ? new UserError(t(reason, { user })) : error
  }
}

/** By the codes of JMessage. */
const reasons: Readonly<Record<number, 'nobody' | 'notHere'>> = {
  899002: 'nobody',
  899014: 'notHere',
  899082: 'notHere',
}

/** Most of a list that is shown, in characters: a message holds 4096 bytes. */
const SHOWN = 1000

function shortened(words: readonly string[], t: Speech['t']): string {
  const shown: string[] = []
  let length = 0
  for (const word of words) {
    length += word.length + 2
    if (length > SHOWN) return t('andMore', { words: shown.join(', '), count: words.length - shown.length })
    shown.push(word)
  }
  return shown.join(', ')
}
