import { ApiError } from '../../../client/index.ts'
import { EXPIRE_JOB, type Expiry } from '../../bot/expire.ts'
import type { PluginContext } from '../context.ts'

/** Takes messages back whose time is over. */
export function addExpiring(ctx: PluginContext): void {
  ctx.onJob<Expiry>(EXPIRE_JOB, async ({ data, bot, log }) => {
    try {
      const end = await bot.expire(data)
      if (end === 'unsure')
        log.warn({ ...data }, 'nobody can tell whether a message was sent that was to be taken back')
    } catch (error) {
      if (!(error instanceof ApiError && error.retry === 'never')) throw error
      const about = { ...data, reason: error.message }
      log.warn(about, 'a message could not be taken back when its time was over')
    }
  })
}
