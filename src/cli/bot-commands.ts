import type { Command } from 'commander'
import { configured, json, ordered } from './common-options.ts'

const asBot = (command: Command): Command =>
  ordered(command).option('-b, --bot <id>', 'which bot does it; the only one, if there is one only')

const inPlace = (command: Command): Command =>
  command.option('-g, --group <gid>', 'in this group').option('-r, --room <id>', 'in this chat room')

const forAWhile = (command: Command): Command =>
  command.option('--for <time>', 'ends by itself after this time, such as 10m or 2h; for good, if left out')

/** What a bot does with its rights, and what was said: `beadle mute …`, `beadle history …`. */
export function addBotCommands(program: Command): void {
  forAWhile(
    inPlace(asBot(program.command('mute <user>').description('silence somebody in a group or room'))),
  ).action(async (user, options) => (await import('./bot-act.ts')).inPlace('mute', user, options))
  inPlace(asBot(program.command('unmute <user>').description('let somebody speak again'))).action(
    async (user, options) => (await import('./bot-act.ts')).inPlace('unmute', user, options),
  )
  inPlace(asBot(program.command('kick <user>').description('remove somebody from a group or room'))).action(
    async (user, options) => (await import('./bot-act.ts')).inPlace('kick', user, options),
  )
  forAWhile(asBot(program.command('ban <user>').description('disable the account, in the whole app'))).action(
    async (user, options) => (await import('./bot-act.ts')).ofUser('ban', user, options),
  )
  asBot(program.command('unban <user>').description('enable the account again')).action(
    async (user, options) => (await import('./bot-act.ts')).ofUser('unban', user, options),
  )
  asBot(program.command('dnd <user> <on|off>').description('switch do-not-disturb of somebody on or off'))
    .option('-g, --group <gid>', 'for what is said in this group only')
    .option('-u, --from <username>', 'for what this user says only')
    .action(async (user, state, options) => (await import('./bot-act.ts')).dnd(user, state, options))
  asBot(
    program
      .command('retract <msgid>')
      .description('take a message back, within three minutes of its sending'),
  )
    .option('-s, --sender <username>', 'who sent it; the bot itself, if left out')
    .action(async (msgId, options) => (await import('./bot-act.ts')).retract(msgId, options))
  json(configured(program.command('history')))
    .description('show what was said, as the history of JMessage has it')
    .option('-g, --group <gid>', 'in this group')
    .option('-r, --room <id>', 'in this chat room')
    .option('-u, --user <username>', 'what this user said, and was told directly')
    .option('--app <name>', 'of this app; the main one, if left out')
    .option('--since <time>', 'not older than, such as 1h or 2d, or since a date', '1d')
    .option('--limit <n>', 'the last n', '50')
    .action(async options => (await import('./history.ts')).history(options))
  json(configured(program.command('repl')))
    .description('talk to the bots as a user of the embedded server, in this terminal')
    .option('--as <username>', 'who speaks', 'alice')
    .option('-g, --group <gid>', 'in this group; the Town Square, if nothing is said')
    .option('-r, --room <id>', 'in this chat room')
    .option('-t, --to <username>', 'directly to somebody, such as a bot')
    .option('--app <name>', 'of this app; the main one, if left out')
    .action(async options => (await import('./repl.ts')).repl(options))
}
