import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../../base/errors.ts'
import { usage } from '../options.ts'
import { saveEdit, withPlugin } from './add-to-bot.ts'
import { askOne, askText, askWhether, canAsk } from './ask.ts'
import { tellMade } from './made.ts'
import { checkPluginName } from './names.ts'
import { type NewFiles, shown, writeNew } from './new-files.ts'
import { makeProject } from './new-project.ts'
import { botFile, botsIn, projectFolders } from './project-folders.ts'
import { isTemplate, type TemplateName, templates, worldLines } from './templates/plugin-template.ts'

export interface NewPluginOptions {
  readonly config: string
  readonly template?: string
  /** Ids of bots that are to have it. */
  readonly bot?: readonly string[]
  readonly js?: boolean
  readonly json?: boolean
  readonly version: string
}

const NO_BOT = ' none'

/** `beadle new plugin`: a folder with the plugin, its test and what it says of itself. */
export async function newPlugin(given: string | undefined, options: NewPluginOptions): Promise<void> {
  if (!existsSync(options.config)) await offerProject(options)
  const folders = projectFolders(options.config)
  const name = await askText(given, {
    message: 'What is it called? (a-z, 0-9 and -)',
    initial: 'hello',
    check: checkPluginName,
    missing: 'say what the plugin is called: beadle new plugin hello',
  })
  const asks = given === undefined && canAsk()
  const template = templates[await templateOf(options.template, asks)]
  const bots = options.bot ?? (asks ? await askBots(botsIn(folders.bots)) : [])
  const settings = template.settings()
  // What cannot be done is found before anything is.
  const edits = bots.map(bot => withPlugin(botFile(folders.bots, bot), name, settings))
  const language = options.js ? 'js' : 'ts'
  const files: NewFiles = {
    [`${name}/index.${language}`]: template.index(name),
    [`${name}/${name}.test.${language}`]: template.test(name, worldLines(language)),
    [`${name}/README.md`]: template.readme(name),
  }
  const alone = ['ts', 'js', 'mts', 'mjs'].map(ending => join(folders.plugins, `${name}.${ending}`))
  const taken = [join(folders.plugins, name), ...alone].find(path => existsSync(path))
  if (taken) {
    throw new AppError(`there is a plugin of this name already: ${shown(taken)}`, {
      code: 'new.exists',
      hint: 'Nothing was written. Choose another name.',
    })
  }
  const written = writeNew(folders.plugins, files)
  for (const edit of edits) saveEdit(edit)
  const next = [
    `npx vitest run ${shown(join(folders.plugins, name))}`,
    ...(bots.length > 0
      ? []
      : [`add it to a bot, in ${shown(folders.bots)}/<bot>.yaml: plugins: { ${name}: {} }`]),
    'npx beadle dev',
  ]
  const made = { files: written, changed: edits.map(({ file }) => shown(file)), next }
  tellMade(`Made the plugin ${name}`, made, options.json ?? false)
}

async function offerProject({ config, version }: NewPluginOptions): Promise<void> {
  if (!canAsk() || config !== 'config.yaml') return
  if (!(await askWhether('There is no project here. Make one in this folder?'))) return
  const made = makeProject(dirname(config), { bot: 'helper', version })
  tellMade('Made a project', { ...made, next: [] }, false)
}

async function templateOf(given: string | undefined, asks: boolean): Promise<TemplateName> {
  if (given !== undefined) {
    if (isTemplate(given)) return given
    throw usage(`--template ${given}: must be one of ${Object.keys(templates).join(', ')}`)
  }
  if (!asks) return 'command'
  const options = Object.entries(templates).map(([value, { about }]) => ({
    value: value as TemplateName,
    label: value,
    hint: about,
  }))
  return askOne('What does it do at first?', options)
}

async function askBots(known: readonly string[]): Promise<readonly string[]> {
  if (known.length === 0) return []
  const options = [...known.map(id => ({ value: id, label: id })), { value: NO_BOT, label: 'none yet' }]
  const chosen = await askOne('Which bot is to have it?', options)
  return chosen === NO_BOT ? [] : [chosen]
}
