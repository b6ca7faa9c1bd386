import {
  type Bot,
  definePlugin,
  forEachTarget,
  type HandlerContext,
  type Schedule,
  type Speaking,
  type Target,
  targetsOf,
  UserError,
} from 'beadle'
import { Paused } from './paused.ts'
import { type Notice, Settings } from './settings.ts'
import { texts } from './texts.ts'

type Told = Pick<HandlerContext, 'language'> & Speaking<typeof texts>

/** A notice that was set up. */
interface Active {
  readonly name: string
  readonly notice: Notice
  readonly schedule: Schedule
}

/** What is said at set times. */
export default definePlugin({
  name: 'notices',
  description: { en: 'Notices at set times, with a text or a picture', zh: '定时发送文字或图片提醒' },
  texts,
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

    const named = (name: string, { t }: Told): Active => {
      const found = active.get(name)
      if (found) return found
      throw new UserError(t('unknown', { name, names: [...active.keys()].join(', ') || t('none') }))
    }

    ctx.command(
      'notices',
      {
        description: { en: 'The notices, and when they come next', zh: '所有提醒，以及下次发送的时间' },
        names: { zh: '提醒' },
      },
      async context => {
        const { t } = context
        if (active.size === 0) return t('noNotices')
        const resting = await paused.names()
        return [...active]
          .map(([name, { schedule }]) =>
            t('line', { name, next: next(schedule, resting.has(name), context) }),
          )
          .join('\n')
      },
    )

    const role = 'moderator'
    ctx.command(
      'notice pause <name>',
      { role, description: { en: 'Have a notice rest', zh: '暂停一个提醒' }, names: { zh: '提醒 暂停' } },
      async context => {
        const { name } = named(context.args.name, context)
        await paused.add(name)
        return context.t('isPaused', { name })
      },
    )
    ctx.command(
      'notice resume <name>',
      {
        role,
        description: { en: 'Have a notice come again', zh: '恢复一个提醒' },
        names: { zh: '提醒 恢复' },
      },
      async context => {
        const { name, schedule } = named(context.args.name, context)
        await paused.remove(name)
        return context.t('isOn', { name, next: next(schedule, false, context) })
      },
    )
    ctx.command(
      'notice fire <name>',
      { role, description: { en: 'Send a notice now', zh: '立即发送一个提醒' }, names: { zh: '提醒 发送' } },
      async context => {
        const found = named(context.args.name, context)
        await send(context.bot, found, 'never')
        return context.t('sent', { name: found.name })
      },
    )
  },
})

function next({ next, timezone: timeZone }: Schedule, isPaused: boolean, { t, language }: Told): string {
  if (isPaused) return t('paused')
  const at = next()
  if (at === undefined) return t('never')
  const day = new Intl.DateTimeFormat(language, { timeZone, weekday: 'short' }).format(at)
  // Swedes write dates as ISO 8601 does.
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    at,
  )
  return `${day} ${time} (${timeZone})`
}
