import { ApiError } from '../../client/index.ts'
import { CORE_PLUGIN, LIFT_JOB, type LiftData } from '../bot/lift.ts'
import { definePlugin } from './define.ts'

/** The plugin that every bot has: it does the framework's own jobs. */
export const corePlugin = definePlugin({
  name: CORE_PLUGIN,
  setup(ctx) {
    ctx.onJob<LiftData>(LIFT_JOB, async ({ data: { kind, id, user } }) => {
      try {
        if (kind === 'group') await ctx.bot.group(id).unmute(user)
        else if (kind === 'chatroom') await ctx.bot.room(id).unmute(user)
        else await ctx.bot.user(user).unban()
      } catch (error) {
        // The user has left or was never there, or the group is gone: nothing is left to lift.
        if (!(error instanceof ApiError && error.retry === 'never')) throw error
        ctx.log.info({ kind, id, user, reason: error.message }, 'there was nothing to lift')
      }
    })
  },
})
