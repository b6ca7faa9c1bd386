import { readdirSync } from 'node:fs'
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { templates } from './new/templates/plugin-template.ts'

/** What may stand after an option, by its name, where that can be told without reading the configuration. */
const VALUES: Readonly<Record<string, () => readonly string[]>> = {
  bot: botNames,
  state: () => ['pending', 'done', 'dead', 'dropped'],
  type: () => ['webhook', 'cron', 'job', 'im', 'message', 'message.text'],
  template: () => Object.keys(templates),
  for: () => ['10m', '1h', '1d'],
  since: () => ['1h', '1d', '7d'],
}

/** `beadle completion <shell>`: what bash, zsh, fish or PowerShell need to complete commands, options and names of bots. */
export function addCompletion(program: Command): void {
  const { commands } = tab(program, { completionCommandName: 'completion' })
  program.commands
    .find(command => command.name() === 'completion')
    ?.description('print what a shell needs to complete commands: bash, zsh, fish or powershell')
  for (const { options } of commands.values()) {
    for (const [name, option] of options) {
      const values = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined
      if (!values || option.isBoolean) continue
      option.handler = complete => {
        for (const value of values()) complete(value, '')
      }
    }
  }
}

/** Names of the files in the folder where bots usually are. */
function botNames(): string[] {
  try {
    return readdirSync('bots').flatMap(name =>
      name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : [],
    )
  } catch {
    return []
  }
}
