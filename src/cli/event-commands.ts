import type { Command } from 'commander'
import { collect, configured, json, ordered } from './common-options.ts'
import type { ReplayOptions } from './events.ts'

const filtered = (command: Command, limit: string): Command =>
  configured(command)
    .option('-t, --type <type>', 'of this type: webhook, cron, job, im, message, message.text …')
    .option('-b, --bot <id>', 'for this bot')
    .option('-p, --plugin <name>', 'for this plugin')
    .option('--state <state>', 'pending, done, dead or dropped')
    .option('--since <time>', 'not older than, such as 1h or 2d, or since a date')
    .option('--limit <n>', 'so many at most, the newest', limit)

/** `beadle events …` and `beadle dead …`. */
export function addEventCommands(program: Command): void {
  const events = program.command('events').description('look at stored events, and have them handled again')
  json(filtered(events.command('list').description('list events, the newest first'), '50')).action(
    async options => (await import('./events.ts')).list(options),
  )
  json(configured(events.command('show <id>')))
    .description('show an event and all that came of it; the end of its id will do')
    .action(async (id, options) => (await import('./events.ts')).show(id, options))
  ordered(events.command('replay [ids...]'))
    .description("hand events to today's plugins again; what was sent already is not sent again")
    .option('-b, --bot <id>', 'for this bot only')
    .option('-p, --plugin <name>', 'for this plugin only')
    .option('--again', 'as new events: everything is said again')
    .option('--dry-run', 'send and write nothing: show what would be done, and how it differs')
    .option('--from <file>', 'the events of a recording')
    .action(async (ids: string[], options: ReplayOptions) =>
      (await import('./events.ts')).replay(ids, options),
    )
  json(filtered(events.command('record <file>'), '1000'))
    .description('write events with the calls they caused into a file, as a fixture of tests')
    .option('--id <id>', 'this event; may be given several times', collect)
    .option('--force', 'replace a file that is there')
    .action(async (file, options) => (await import('./events.ts')).record(file, options))

  const dead = program.command('dead').description('what was given up: events set aside, calls refused')
  json(configured(dead.command('list').description('list dead letters, the newest first')))
    .option('--limit <n>', 'so many at most', '50')
    .action(async options => (await import('./dead.ts')).list(options))
  json(configured(dead.command('show <id>').description('show one; the beginning of its id will do'))).action(
    async (id, options) => (await import('./dead.ts')).show(id, options),
  )
  for (const how of ['replay', 'drop'] as const)
    ordered(dead.command(`${how} [ids...]`))
      .description(how === 'replay' ? 'try them again' : 'note that they are not needed')
      .option('--all', 'all there are')
      .action(async (ids: string[], options) => (await import('./dead.ts')).settle(how, ids, options))
}
