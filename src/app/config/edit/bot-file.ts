import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../base/errors.ts'
import { foldersOf } from '../folders.ts'
import type { Env } from '../interpolate.ts'

/**
 * The file of a bot, by its id.
 *
 * @throws AppError `config.bot`
 */
export function botFile(config: string, bot: string, env: Env = process.env): string {
  const path = join(foldersOf(config, env).bots, `${bot}.yaml`)
  if (/^[a-z0-9-]{1,40}$/.test(bot) && existsSync(path)) return path
  throw new AppError(`there is no bot ${bot.slice(0, 60)}`, {
    code: 'config.bot',
    hint: `Its file would be ${path.slice(0, 300)}.`,
  })
}
