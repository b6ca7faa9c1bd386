import type { Command } from 'commander'
import { collect, configured, json, ordered } from './common-options.ts'

const MOVES = {
  pause: 'send no more until it is resumed',
  resume: 'go on with one that is paused',
  cancel: 'what has not left does not leave',
  undo: 'cancel it, and take back what was sent less than three minutes ago',
} as const

/** `beadle broadcast …`. */
export function addBroadcastCommands(program: Command): void {
  const broadcast = program.command('broadcast').description('messages to many: begin, watch, stop and undo')
  ordered(broadcast.command('start').description('begin one; it is sent as fast as the quota allows'))
    .requiredOption('--text <text>', 'what is sent')
    .option('-b, --bot <id>', 'which bot; the only one, if there is one only')
    .option('-g, --group <gid>', 'to a group; may be given several times', collect)
    .option('-r, --room <id>', 'to a chat room; may be given several times', collect)
    .option('-u, --user <username>', 'to a user; may be given several times', collect)
    .option('--title <title>', 'what it is known by; the beginning of the text, if left out')
    .option('--follow', 'show how far it is, until it has ended')
    .option('--paused', 'begin paused: nothing is sent until it is resumed')
    .action(async options => (await import('./broadcast.ts')).start(options))
  json(configured(broadcast.command('list').description('list broadcasts, the newest first')))
    .option('-b, --bot <id>', 'of this bot')
    .option('--limit <n>', 'so many at most, 1 to 1000', '20')
    .action(async options => (await import('./broadcast.ts')).list(options))
  json(configured(broadcast.command('show <id>')))
    .description('show how far one is, and what became of it for its targets; the end of its id will do')
    .option(
      '--state <state>',
      'targets that are waiting, sent, failed, unsure, cancelled, retracted, too-late',
    )
    .option('--limit <n>', 'so many targets at most, 1 to 1000', '100')
    .action(async (id, options) => (await import('./broadcast.ts')).show(id, options))
  json(
    configured(broadcast.command('watch <id>').description('show how far one is, until it has ended')),
  ).action(async (id, options) => (await import('./broadcast.ts')).watch(id, options))
  for (const how of Object.keys(MOVES) as (keyof typeof MOVES)[])
    ordered(broadcast.command(`${how} <id>`).description(MOVES[how])).action(async (id, options) =>
      (await import('./broadcast.ts')).move(how, id, options),
    )
}
