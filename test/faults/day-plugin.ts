/** The plugin of the scripted day: a bit of everything that a bot does. */
export const DAY_PLUGIN = `import { definePlugin } from 'beadle'

const GIF = Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')

export default definePlugin({
  name: 'day',
  setup(ctx) {
    const hook = (name, handler) => ctx.webhook(name, { auth: 'none' }, handler)
    ctx.command('say <n>', ({ args }) => 'heard ' + args.n)
    ctx.command('hush <user> <group:int>', async ({ args, bot }) => {
      await bot.group(args.group).mute(args.user, { for: '1500ms' })
      return 'hushed ' + args.user
    })
    hook('post', async ({ body, bot }) => {
      for (const group of body.groups) await bot.group(group).text('posted ' + body.n)
    })
    hook('picture', ({ body, bot }) => bot.group(body.groups[0]).image(GIF))
    hook('later', async ({ body, job }) => job('later', { after: '300ms' }, body))
    ctx.onJob('later', ({ data, bot }) => bot.group(data.groups[0]).text('later ' + data.n))
    hook('brief', async ({ body, bot, job }) => {
      const sent = await bot.group(body.groups[0]).text('brief ' + body.n)
      await job('withdraw', { after: '200ms' }, { sent, ...body })
    })
    ctx.onJob('withdraw', async ({ data, bot }) => {
      await data.sent.delivered()
      await data.sent.retract()
      await bot.group(data.groups[0]).text('withdrew ' + data.n)
    })
    hook('many', async ({ body, bot }) => {
      await bot.broadcast({ to: { groups: body.groups }, text: 'to all ' + body.n })
    })
    ctx.cron('* * * * * *', { name: 'tick', missed: 'skip' }, async ({ bot, scheduledAt }) => {
      const ticks = await ctx.state.get('ticks')
      if (ticks && scheduledAt < ticks.until) await bot.group(ticks.group).text('tick ' + scheduledAt)
    })
    // Not for ever: where calls fail, fewer may leave than ticks come.
    hook('ticks', async ({ body }) => ctx.state.set('ticks', { group: body.groups[0], until: Date.now() + 8000 }))
  },
})
`
