import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../base/errors.ts'
import { type Made, tellMade } from './made.ts'
import { checkBotId, checkUsername, usualUsername } from './names.ts'
import { shown, writeNew } from './new-files.ts'
import { packageOf, savePackage } from './project-package.ts'
import { botYaml } from './templates/bot.ts'
import { projectFiles } from './templates/project.ts'

export interface NewProjectOptions {
  readonly bot: string
  readonly json?: boolean
  readonly version: string
}

/** `beadle new project`: a folder in which bots and plugins have their place. */
export function newProject(folder: string, options: NewProjectOptions): void {
  const made = makeProject(folder, options)
  tellMade(`Made a project in ${shown(folder)}`, made, options.json ?? false)
}

/** @throws AppError when there is something in its place */
export function makeProject(folder: string, { bot, version }: Omit<NewProjectOptions, 'json'>): Made {
  checkBotId(bot)
  const username = checkUsername(usualUsername(bot))
  if (existsSync(join(folder, 'config.yaml'))) {
    throw new AppError(`there is a project in ${shown(folder)} already`, {
      code: 'new.exists',
      hint: 'beadle new plugin and beadle new bot add to it.',
    })
  }
  const edit = packageOf(folder, version)
  const { '.gitignore': ignore, 'tsconfig.json': tsconfig, ...others } = projectFiles()
  const usual = { '.gitignore': ignore!, 'tsconfig.json': tsconfig! }
  // Whoever has these has made up their mind.
  const missing = Object.entries(usual).filter(([name]) => !existsSync(join(folder, name)))
  const files = writeNew(folder, {
    ...others,
    ...Object.fromEntries(missing),
    [`bots/${bot}.yaml`]: botYaml({ username, plugins: {} }),
  })
  savePackage(edit)
  const path = shown(edit.path)
  const isHere = shown(folder) === '.'
  return {
    files: edit.added === undefined ? [path, ...files] : files,
    changed: edit.added !== undefined && edit.added.length > 0 ? [path] : [],
    next: [
      ...(isHere ? [] : [`cd ${shown(folder)}`]),
      'npm install',
      `npx beadle new plugin hello --bot ${bot}`,
      'npx beadle dev',
    ],
  }
}
