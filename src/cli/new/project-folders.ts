import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { AppError } from '../../base/errors.ts'
import { shown } from './new-files.ts'

/** Where things of a project are. */
export interface ProjectFolders {
  readonly bots: string
  readonly plugins: string
}

/**
 * Where a project has its bots and plugins, as its config.yaml says. What else is in there may be wrong.
 *
 * @throws AppError `new.no-project`
 */
export function projectFolders(config: string): ProjectFolders {
  if (!existsSync(config)) {
    throw new AppError(`there is no project here, as there is no ${config}`, {
      code: 'new.no-project',
      hint: 'beadle new project makes one, in this folder or in another.',
    })
  }
  const folder = dirname(resolve(config))
  const { bots, plugins } = readLoosely(config)
  return {
    bots: resolve(folder, typeof bots === 'string' && bots !== '' ? bots : './bots'),
    plugins: resolve(
      folder,
      Array.isArray(plugins) && typeof plugins[0] === 'string' ? plugins[0] : './plugins',
    ),
  }
}

function readLoosely(config: string): { readonly bots?: unknown; readonly plugins?: unknown } {
  try {
    return (parse(readFileSync(config, 'utf8')) as object | null) ?? {}
  } catch (cause) {
    throw new AppError(`${config} cannot be read`, {
      code: 'new.config',
      hint: 'beadle check says what is wrong with it.',
      cause,
    })
  }
}

/** Ids of the bots in a folder. */
export function botsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => /^[a-z0-9-]{1,40}\.yaml$/.test(name))
    .map(name => name.slice(0, -'.yaml'.length))
    .sort()
}

/** @throws AppError `new.no-bot` */
export function botFile(folder: string, id: string): string {
  const known = botsIn(folder)
  if (known.includes(id)) return resolve(folder, `${id}.yaml`)
  throw new AppError(`there is no bot '${id}' in ${shown(folder)}`, {
    code: 'new.no-bot',
    hint: known.length > 0 ? `There are ${known.join(', ')}.` : `beadle new bot ${id} makes it.`,
  })
}
