import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { AppError } from '../../base/errors.ts'

/** Files that are made: what is in each, by its path. */
export type NewFiles = Readonly<Record<string, string>>

/**
 * Writes files into a folder, all or none.
 *
 * @returns their paths, as seen from here
 * @throws AppError `new.exists` when one of them is there
 */
export function writeNew(folder: string, files: NewFiles): string[] {
  const paths = Object.keys(files).map(name => join(folder, name))
  const there = paths.filter(path => existsSync(path)).map(shown)
  if (there.length > 0) {
    throw new AppError(`${there.join(', ')} ${there.length > 1 ? 'are' : 'is'} there already`, {
      code: 'new.exists',
      hint: 'Nothing was written. Choose another name, or move what is there away.',
    })
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { flag: 'wx' })
  }
  return paths.map(shown)
}

/** A path as a person would type it here. */
export const shown = (path: string): string => relative('', path) || '.'
