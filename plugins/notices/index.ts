import {
  type Bot,
  definePlugin,
  forEachTarget,
  type Schedule,
  type Target,
  targetsOf,
  UserError,
} from 'beadle'
import { Paused } from './paused.ts'
import { type Notice, Settings } from './settings.ts'

/** A notice that was set up. */
interface Active {
  readonly name: string
  readonly notice: Notice
  readonly schedule: Schedule
}

/** What is said at set times. */
export default definePlugin({
  name: 'notices',
  description: 'Notices at set times, with a text or a picture',
  config: Settings,
  setup(ctx, { notices }) {
    const paused = new Paused(ctx.state)
    const active = new Map<string, Active>()

    const send = async (bot: Bot, { notice, schedule }: Active, retry: 'later' | 'never') => {
      const { image } = notice
      const text = notice.text?.render({ now: new Date(ctx.clock.now()) }, schedule.timezone)
      const toTarget = async (target: Target) => {
        // Both are begun at once, so that each target gets them in this order, and one goes without the other.
        const sends = [
          ...(text === undefined ? [] : [target.text(text)]),
          ...(image === undefined ? [] : [target.image(image)]),
        ]
        const failed = (await Promise.allSettled(sends)).find(({ status }) => status === 'rejected')
        if (failed) throw (failed as PromiseRejectedResult).reason
      }
      await forEachTarget(targetsOf(bot, notice.to), toTarget, { retry })
    }

    for (const [name, notice] of Object.entries(notices)) {
      const { cron, timezone, missed } = notice
      const options = { name, ...(timezone ? { timezone } : {}), ...(missed ? { missed } : {}) }
      const schedule = ctx.cron(cron, options, async ({ bot, log }) => {
        if ((await paused.names()).has(name))
          return log.debug({ notice: name }, 'a paused notice was passed over')
        await send(bot, { name, notice, schedule }, 'later')
      })
      active.set(name, { name, notice, schedule })
    }

    const named = (name: string): Active => {
      const found = active.get(name)
      if (found) return found
      throw new UserError(
        `There is no notice ${name}. There are: ${[...active.keys()].join(', ') || 'none'}.`,
      )
    }

    ctx.command('notices', 'The notices, and when they come next', async () => {
      if (active.size === 0) return 'There are no notices.'
      const resting = await paused.names()
      return [...active]
        .map(([name, { schedule }]) => `${name}: ${next(schedule, resting.has(name))}`)
        .join('\n')
    })

    const role = 'moderator'
    ctx.command('notice pause <name>', { role, description: 'Have a notice rest' }, async ({ args }) => {
      const { name } = named(args.name)
      await paused.add(name)
      return `The notice ${name} is paused.`
    })
    ctx.command(
      'notice resume <name>',
      { role, description: 'Have a notice come again' },
      async ({ args }) => {
        const { name, schedule } = named(args.name)
        await paused.remove(name)
        return `The notice ${name} is on again, next ${next(schedule, false)}.`
      },
    )
    ctx.command('notice fire <name>', { role, description: 'Send a notice now' }, async ({ args, bot }) => {
      const found = named(args.name)
      await send(bot, found, 'never')
      return `The notice ${found.name} was sent.`
    })
  },
})

function next({ next, timezone: timeZone }: Schedule, isPaused: boolean): string {
  if (isPaused) return 'paused'
  const at = next()
  if (at === undefined) return 'never'
  const day = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short' }).format(at)
  // Swedes write dates as ISO 8601 does.
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    at,
  )
  return `${day} ${time} (${timeZone})`
}
