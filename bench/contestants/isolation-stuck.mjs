// The plugin that the contest `isolation` sends into an endless loop, once for each event; then it answers.
import { definePlugin } from 'beadle'

export default definePlugin({
  name: 'stuck',
  setup(ctx) {
    ctx.webhook('spin', { auth: 'none', dedupe: 'off' }, async ({ bot, event }) => {
      if ((await ctx.state.get('spun')) === event.id) return bot.user('user_1002').text('back')
      await ctx.state.set('spun', event.id)
      for (;;);
    })
  },
})
