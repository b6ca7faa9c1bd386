import type { Command } from 'commander'
import { configured, json } from './common-options.ts'

/** `beadle migrate` and `beadle copy`. */
export function addDatabaseCommands(program: Command): void {
  json(configured(program.command('migrate')))
    .description('bring the databases up to date, apart from a start')
    .option(
      '--database <url>',
      'this one, sqlite:PATH or postgres://…, in place of those of the configuration',
    )
    .option('--schema <which>', 'tables of runtime (the bots), im (the IM server) or all')
    .action(async options => (await import('./migrate.ts')).migrate(options))
  json(program.command('copy'))
    .description('copy a database into an empty one, such as from SQLite to PostgreSQL, and compare them')
    .requiredOption('--from <url>', 'sqlite:PATH or postgres://…; nothing else may have it open')
    .requiredOption('--to <url>', 'an empty database, or one that this command had begun to fill')
    .option(
      '--schema <which>',
      'tables of runtime (the bots), im (the IM server) or all; default: what is there',
    )
    .action(async options => (await import('./copy.ts')).copy(options))
}
