import type { Command } from 'commander'
import { configured, json } from './common-options.ts'

/** `beadle config …`. */
export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('read and change config.yaml and the files of bots')
  const ofFile = (command: Command): Command =>
    json(configured(command))
      .option('-b, --bot <id>', 'the file of this bot, in place of config.yaml')
      .option('--file <path>', 'this file of a bot, in place of config.yaml')
  ofFile(config.command('get [field]'))
    .description('show what a file says, as it stands there; secrets are hidden')
    .option('--reveal', 'show secrets, too')
    .action(async (field, options) => (await import('./config.ts')).get(field, options))
  ofFile(config.command('set <field> <value>'))
    .description('give a field a value; all else in the file stays as it is')
    .option('--text', 'take the value for a text, whatever it looks like')
    .action(async (field, value, options) => (await import('./config.ts')).set(field, value, options))
  ofFile(config.command('unset <field>'))
    .description('take a field out of a file')
    .action(async (field, options) => (await import('./config.ts')).unset(field, options))
  ofFile(config.command('versions'))
    .description('list what a file was before it was changed in this way')
    .action(async options => (await import('./config.ts')).versions(options))
  ofFile(config.command('restore [version]'))
    .description('put a former version in place; the last one, if none is named')
    .action(async (version, options) => (await import('./config.ts')).restore(version, options))
}
