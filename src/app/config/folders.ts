import { dirname, resolve } from 'node:path'
import type { Env } from './interpolate.ts'
import { MainFile } from './schema.ts'
import { validate } from './validate.ts'
import { readYaml } from './yaml-file.ts'

/** The folders that a config.yaml names, absolute; where it is wrong in that, those that are usual. */
export function foldersOf(
  config: string,
  env: Env = process.env,
): { readonly bots: string; readonly plugins: readonly string[] } {
  const file = readYaml(config, { env })
  const { bots, plugins } = MainFile.shape
  const from = (path: string) => resolve(dirname(config), path)
  return {
    bots: from(validate(file, bots, ['bots']).value ?? './bots'),
    plugins: (validate(file, plugins, ['plugins']).value ?? ['./plugins']).map(from),
  }
}
