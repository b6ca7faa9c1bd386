import { ApiError } from '../../client/index.ts'
import { CORE_PLUGIN, LIFT_JOB, type LiftData } from '../bot/lift.ts'
import { definePlugin } from './define.ts'

/** The plugin that every bot has: it does the framework's own jobs. */
export const corePlugin = definePlugin({
  name: CORE_PLUGIN,
  setup(ctx) {
    ctx.onJob<LiftData>(LIFT_JOB, async ({ data, bot, log }) => {
      try {
        await bot.lift(data)
      } catch (error) {
        // The user has left or was never there, or the group is gone: nothing is left to lift.
        if (!(error instanceof ApiError && error.retry === 'never')) throw error
        log.info({ ...data, reason: error.message }, 'there was nothing to lift')
      }
    })
  },
})
