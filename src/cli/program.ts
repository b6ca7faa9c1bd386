import { Command } from 'commander'
import { addBotCommands } from './bot-commands.ts'
import { addBroadcastCommands } from './broadcast-commands.ts'
import { collect, configured, json, ordered } from './common-options.ts'
import { addCompletion } from './completion.ts'
import { addConfigCommands } from './config-commands.ts'
import { addDatabaseCommands } from './database-commands.ts'
import { addEventCommands } from './event-commands.ts'
import { addNewCommands } from './new-commands.ts'
import { addScheduleCommands } from './schedule-commands.ts'
import { addSend } from './send-command.ts'
import { addWebhookCommands } from './webhook-commands.ts'

/** All that a person can type, and what it does. */
export function buildProgram(version: string): Command {
  const program = new Command('beadle')
    .description('Chat bots and automation for JMessage, with an IM server of its own.')
    .version(version)
    .showHelpAfterError('(beadle --help shows what there is)')
    .configureHelp({ sortSubcommands: false })

  program.commandsGroup('Running:')

  // Each command's code is imported when it is run: `beadle send` need not load a server.
  json(configured(program.command('start')))
    .description('run the bots, and the embedded IM server unless another endpoint is set')
    .action(async (options: { config: string; json?: boolean }) =>
      (await import('./start.ts')).start({ ...options, version }),
    )

  configured(program.command('dev'))
    .description('as start, and take up plugins, bots and settings as they are saved')
    .action(async (options: { config: string }) => (await import('./dev.ts')).dev({ ...options, version }))

  json(program.command('server'))
    .description('run the JMessage-compatible IM server alone')
    .option('-l, --listen <host:port>', 'where it listens', '127.0.0.1:7070')
    .option('-d, --data <dir>', 'folder for database and media; :memory: keeps nothing', './data')
    .option(
      '--database <url>',
      'postgres://… in place of --data: several servers may share it, uploads and all',
    )
    .requiredOption(
      '-a, --app <key:secret>',
      'an app, 24 letters or digits each; may be given several times',
      collect,
    )
    .option('--callback <url>', 'where messages of users are posted to')
    .option('--callback-events', 'post what happens to groups and users there too')
    .option('--user-senders', 'let messages.send take from_type "user", as later revisions of the API do')
    .option('--room-members <n>', 'members of a chat room at most', '10000')
    .option('--sandbox', 'let anybody send as a user, move the clock and read inboxes (for tests and play)')
    .option('--rate-limit <n>', 'calls a minute of each app, or off (default: 600; off with --sandbox)')
    .action(async options => (await import('./server.ts')).server(options))

  ordered(program.command('reload'), '30s')
    .description('have every Beadle on the database of this configuration read its files anew')
    .action(async options => (await import('./reload.ts')).reload(options))

  json(configured(program.command('check')))
    .description('check the configuration, the bots and their plugins, without starting anything')
    .option('-e, --explain', 'tell each setting, where it comes from, and what will happen')
    .option('--no-setup', 'with --explain: do not set plugins up to see what they register')
    .action(async options => (await import('./check.ts')).check(options))

  json(configured(program.command('doctor')))
    .description('look at keys, clock, ports, database, rights and schedules: what is wrong, and what to do')
    .option('--offline', 'call nobody over the network')
    .option('--no-setup', 'do not set plugins up to see their schedules')
    .action(async options => (await import('./doctor.ts')).doctor(options))

  json(configured(program.command('schema')))
    .description('write JSON Schemas, by which editors complete and check config.yaml and the bots')
    .option('-o, --out <dir>', 'where to; .beadle beside config.yaml, if left out')
    .action(async options => (await import('./schema.ts')).schema(options))

  program.commandsGroup('As a bot:')
  addSend(program)
  addBotCommands(program)
  program.commandsGroup('What happens:')
  addScheduleCommands(program)
  addWebhookCommands(program)
  addEventCommands(program)
  addBroadcastCommands(program)
  program.commandsGroup('Setting up:')
  addNewCommands(program, version)
  addConfigCommands(program)
  addDatabaseCommands(program)
  addCompletion(program)
  return program
}
