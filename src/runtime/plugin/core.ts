import { CORE_PLUGIN, LIFT_JOB, type LiftData } from '../bot/lift.ts'
import { definePlugin } from './define.ts'

/** The plugin that every bot has: it does the framework's own jobs. */
export const corePlugin = definePlugin({
  name: CORE_PLUGIN,
  setup(ctx) {
    ctx.onJob<LiftData>(LIFT_JOB, async ({ data: { kind, id, user } }) => {
      if (kind === 'group') await ctx.bot.group(id).unmute(user)
      else if (kind === 'chatroom') await ctx.bot.room(id).unmute(user)
      else await ctx.bot.user(user).unban()
    })
  },
})
