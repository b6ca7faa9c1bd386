import { askText } from './ask.ts'
import { tellMade } from './made.ts'
import { checkBotId, checkPluginName, checkUsername, usualUsername } from './names.ts'
import { writeNew } from './new-files.ts'
import { projectFolders } from './project-folders.ts'
import { botYaml } from './templates/bot.ts'

export interface NewBotOptions {
  readonly config: string
  readonly username?: string
  readonly nickname?: string
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

/** `beadle new bot`: a file in the folder of bots. */
export async function newBot(given: string | undefined, options: NewBotOptions): Promise<void> {
  const { bots } = projectFolders(options.config)
  const id = await askText(given, {
    message: 'What is it called? (a-z, 0-9 and -)',
    check: checkBotId,
    missing: 'say what the bot is called: beadle new bot herald',
  })
  const username =
    given === undefined
      ? await askText(options.username, {
          message: 'Its username on JMessage',
          initial: usualUsername(id),
          check: checkUsername,
          missing: '',
        })
      : checkUsername(options.username ?? usualUsername(id))
  const plugins = Object.fromEntries((options.plugin ?? []).map(name => [checkPluginName(name), {}]))
  const { nickname } = options
  const files = writeNew(bots, { [`${id}.yaml`]: botYaml({ username, nickname, plugins }) })
  const next = ['npx beadle check', `npx beadle new plugin hello --bot ${id}`]
  tellMade(`Made the bot ${id}`, { files, changed: [], next }, options.json ?? false)
}
