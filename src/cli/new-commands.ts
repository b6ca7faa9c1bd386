import type { Command } from 'commander'
import { collect, configured, json } from './common-options.ts'
import { templates } from './new/templates/plugin-template.ts'

/** `command (answers a command in a chat), …`. */
const kinds = Object.entries(templates)
  .map(([name, { about }]) => `${name} (${about})`)
  .join(', ')

/** Adds `beadle new …` and `beadle init`. */
export function addNewCommands(program: Command, version: string): void {
  const made = program.command('new').description('make a project, a plugin or a bot; nothing is overwritten')

  json(
    made
      .command('project [folder]')
      .description('make a project: settings, a first bot, and a place for plugins; default: in this folder')
      .option('-b, --bot <id>', 'what the first bot is called', 'helper'),
  ).action(async (folder = '.', options) =>
    (await import('./new/new-project.ts')).newProject(folder, { ...options, version }),
  )

  json(
    configured(
      made
        .command('plugin [name]')
        .description('make a plugin, with its test; asks for what is missing on a terminal')
        .option('-t, --template <kind>', `what it does at first: ${kinds}; default: command`)
        .option('-b, --bot <id>', 'add it to this bot; may be given several times', collect)
        .option('--js', 'in JavaScript'),
    ),
  ).action(async (name, options) =>
    (await import('./new/new-plugin.ts')).newPlugin(name, { ...options, version }),
  )

  json(
    configured(
      made
        .command('bot [id]')
        .description('make a bot; asks for what is missing on a terminal')
        .option('-u, --username <username>', 'on JMessage (default: <id>-bot)')
        .option('-n, --nickname <name>', 'how it is shown')
        .option('-p, --plugin <name>', 'a plugin that it has; may be given several times', collect),
    ),
  ).action(async (id, options) => (await import('./new/new-bot.ts')).newBot(id, options))

  json(
    program
      .command('init')
      .description('make a project in this folder, as beadle new project does')
      .option('-b, --bot <id>', 'what the first bot is called', 'helper'),
  ).action(async options => (await import('./new/new-project.ts')).newProject('.', { ...options, version }))
}
