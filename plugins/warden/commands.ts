import {
  ApiError,
  type CommandContext,
  formatDuration,
  type GroupTarget,
  type PluginContext,
  type RoomTarget,
  UserError,
} from 'beadle'
import type { Settings } from './settings.ts'

type Given = CommandContext<{ readonly user: string }>

/** The commands with which moderators keep order. */
export function addCommands(ctx: PluginContext, { words }: Settings): void {
  const role = 'moderator'
  const here = { role, in: ['group', 'room'] } as const

  ctx.command(
    'mute <user> [for:duration=10m] [reason...]',
    { ...here, description: 'Mute somebody here for a while' },
    async given => {
      const { user, for: term, reason } = given.args
      await inPlace(given, place => place.mute(user, { for: term }))
      return `${user} is muted here for ${formatDuration(term)}${reason ? `: ${reason}` : '.'}`
    },
  )
  ctx.command('unmute <user>', { ...here, description: 'Let somebody speak here again' }, async given => {
    await inPlace(given, place => place.unmute(given.args.user))
    return `${given.args.user} may speak here again.`
  })
  ctx.command('kick <user>', { ...here, description: 'Remove somebody from here' }, async given => {
    await inPlace(given, place => place.kick(given.args.user))
    return `${given.args.user} was removed from here.`
  })
  ctx.command(
    'ban <user> [for:duration]',
    { role, description: 'Disable the account of somebody, for good or for a while' },
    async given => {
      const { user, for: term } = given.args
      await toUser(given, () => given.bot.user(user).ban(term === undefined ? {} : { for: term }))
      return `${user} is banned${term === undefined ? '' : ` for ${formatDuration(term)}`}.`
    },
  )
  ctx.command('unban <user>', { role, description: 'Enable an account again' }, async given => {
    await toUser(given, () => given.bot.user(given.args.user).unban())
    return `${given.args.user} is not banned any more.`
  })
  ctx.command(
    'dnd <user> <on:flag>',
    { role, description: "Switch somebody's do-not-disturb on or off" },
    async given => {
      const { user, on } = given.args
      await toUser(given, () => given.bot.user(user).doNotDisturb({ global: on }))
      return `Do-not-disturb of ${user} is ${on ? 'on' : 'off'}.`
    },
  )
  ctx.command(
    'words',
    { role, description: 'How many words are forbidden; in a direct chat, which' },
    given => {
      const count = `${words.length} ${words.length === 1 ? 'word is' : 'words are'} forbidden`
      // Said in a group, the list would be what it forbids.
      if (given.group || given.room || words.length === 0) return `${count}.`
      return `${count}: ${shortened(words)}.`
    },
  )
}

/** Does something where the command was given: in a group or chat room. */
const inPlace = (given: Given, run: (place: GroupTarget | RoomTarget) => Promise<void>): Promise<void> =>
  toUser(given, () => run((given.group ?? given.room)!))

/** Does something to a user, and says in plain words why that cannot be done. */
async function toUser({ args: { user }, bot }: Given, run: () => Promise<void>): Promise<void> {
  if (user === bot.username) throw new UserError('That is me.')
  try {
    await run()
  } catch (error) {
    const reason = error instanceof ApiError ? reasons[error.jmCode] : undefined
    throw reason ? new UserError(reason(user)) : error
  }
}

const isNotHere = (user: string): string => `${user} is not here.`

/** By the codes of JMessage. */
const reasons: Readonly<Record<number, (user: string) => string>> = {
  899002: user => `There is no user ${user}.`,
  899014: isNotHere,
  899082: isNotHere,
}

/** Most of a list that is shown, in characters: a message holds 4096 bytes. */
const SHOWN = 1000

function shortened(words: readonly string[]): string {
  const shown: string[] = []
  let length = 0
  for (const word of words) {
    length += word.length + 2
    if (length > SHOWN) return `${shown.join(', ')} and ${words.length - shown.length} more`
    shown.push(word)
  }
  return shown.join(', ')
}
