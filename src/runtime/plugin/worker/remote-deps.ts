import { AppError } from '../../../base/errors.ts'
import type { BotContext } from '../../bot/context.ts'

/** What a plugin in a thread of its own needs besides. */
export interface RemoteDeps {
  readonly file: string
  /** As they are written in the bot's file. */
  readonly settings: unknown
  /** What the bot works with. */
  readonly context: BotContext
  readonly baseDir: string
  /** Notes an error that happened beside its handlers. */
  readonly noteError: (error: Error) => void
}

/** @throws AppError `plugin.no-file` */
export function remoteDeps(
  plugin: { readonly name: string; readonly file?: string | undefined; readonly settings?: unknown },
  rest: Pick<RemoteDeps, 'context' | 'baseDir' | 'noteError'>,
): RemoteDeps {
  const { name, file, settings = {} } = plugin
  if (file === undefined) {
    throw new AppError(`plugin ${name} of bot ${rest.context.id} cannot run in a thread of its own`, {
      code: 'plugin.no-file',
      hint: 'A thread loads it from its file, so tell which that is, or leave out isolation: worker.',
    })
  }
  return { file, settings, ...rest }
}
