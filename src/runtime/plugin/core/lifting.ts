import { ApiError } from '../../../client/index.ts'
import { LIFT_JOB, type LiftData } from '../../bot/lift.ts'
import type { PluginContext } from '../context.ts'

/** Lifts mutes and bans whose term is over. */
export function addLifting(ctx: PluginContext): void {
  ctx.onJob<LiftData>(LIFT_JOB, async ({ data, bot, log }) => {
    try {
      await bot.lift(data)
    } catch (error) {
      // The user has left or was never there, or the group is gone: nothing is left to lift.
      if (!(error instanceof ApiError && error.retry === 'never')) throw error
      log.info({ ...data, reason: error.message }, 'there was nothing to lift')
    }
  })
}
