import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AppError } from '../../base/errors.ts'
import { shown } from './new-files.ts'
import { projectPackage } from './templates/project.ts'

type Json = Record<string, unknown>

/** package.json of a project. */
export interface PackageEdit {
  readonly path: string
  readonly text: string
  /** What was added, where there was one before. */
  readonly added: readonly string[] | undefined
}

/**
 * What package.json of a folder is to be: what is in there stays, and what a project needs is added.
 *
 * @throws AppError `new.package` when that cannot be done
 */
export function packageOf(folder: string, version: string): PackageEdit {
  const path = join(folder, 'package.json')
  const wanted: Json = projectPackage(version)
  if (!existsSync(path)) {
    const all = { name: nameOf(folder), ...wanted }
    return { path, text: `${JSON.stringify(all, null, 2)}\n`, added: undefined }
  }
  const whole = readPackage(path)
  // What `npm init` writes when it is not asked, and other module systems cannot load plugins' tests.
  const added: string[] = []
  for (const [name, value] of Object.entries(wanted)) {
    if (typeof value !== 'object') {
      if (whole[name] === undefined && name !== 'private') added.push(name)
      whole[name] ??= value
      continue
    }
    const before = { ...(whole[name] as Json | undefined) }
    const more = Object.entries(value as Json).filter(
      ([key]) => before[key] === undefined && !(whole.dependencies as Json | undefined)?.[key],
    )
    if (more.length === 0) continue
    whole[name] = { ...before, ...Object.fromEntries(more) }
    added.push(...more.map(([key]) => `${name}.${key}`))
  }
  if (whole.type !== 'module') {
    throw new AppError(`${shown(path)} has "type": ${JSON.stringify(whole.type)}`, {
      code: 'new.package',
      hint: 'Plugins and their tests are ES modules: set it to "module", or make the project in a folder of its own.',
    })
  }
  return { path, text: `${JSON.stringify(whole, null, 2)}\n`, added }
}

export const savePackage = ({ path, text }: PackageEdit): void => writeFileSync(path, text)

function readPackage(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json
  } catch (cause) {
    throw new AppError(`${shown(path)} cannot be read as JSON`, {
      code: 'new.package',
      hint: 'Mend it, or make the project in a folder of its own.',
      cause,
    })
  }
}

/** A name that npm takes. */
const nameOf = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '') || 'bots'
