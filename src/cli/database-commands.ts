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
}
