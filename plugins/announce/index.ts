import { definePlugin, forEachTarget, type Speaking, targetsOf, UserError, z } from 'beadle'
import { type Announcement, Announcements, type TakenBack } from './journal.ts'
import { bodyOf, Settings, UNDO } from './settings.ts'
import { texts } from './texts.ts'

const LISTED = 10
const EXPIRE = 'expire'

type T = Speaking<typeof texts>['t']

/** Posts that a webhook sets off, and that can be taken back. */
export default definePlugin({
  name: 'announce',
  description: {
    en: 'A call of a webhook becomes a post in groups, rooms and direct chats',
    zh: '调用 webhook，即可在群组、聊天室和私聊中发布消息',
  },
  texts,
  config: Settings,
  setup(ctx, { hooks, undo }) {
    const announcements = new Announcements(ctx.state)

    for (const [name, hook] of Object.entries(hooks)) {
      const { auth, dedupe } = hook
      const options = { auth, body: bodyOf(hook), ...(dedupe === undefined ? {} : { dedupe }) }
      ctx.webhook(name, options, async ({ body: text, event, bot, job }) => {
        const targets = targetsOf(bot, hook.to)
        const at = event.createdAt
        const { undoneBy } = await announcements.note({
          event: event.id,
          hook: name,
          at,
          targets: targets.length,
        })
        const expiresAt = hook.retractAfter === undefined ? Number.POSITIVE_INFINITY : at + hook.retractAfter
        // A post that could not be sent at first must not come once the others are gone.
        if (undoneBy !== undefined || ctx.clock.now() >= expiresAt) return
        if (hook.retractAfter !== undefined) {
          // Before the first post, so that none is left behind by a process that ends in between.
          await job(EXPIRE, { at: expiresAt, key: event.id }, event.id)
          // Whoever took it back meanwhile found no posts yet.
          if (await announcements.isUndone(event.id)) return
        }
        await forEachTarget(targets, target => target.text(text))
      })
    }

    ctx.onJob<string>(EXPIRE, async ({ data, bot, event, log }) => {
      await announcements.markUndone(data, event.id)
      const { tooLate } = await announcements.takeBack(bot, data, event.id)
      if (tooLate > 0) log.warn({ announcement: data, tooLate }, 'posts could not be retracted in time')
    })

    if (undo) {
      const body = z.object({ event_id: z.string('must be the event_id of an announcement') })
      ctx.webhook(
        UNDO,
        { auth: undo.auth, body },
        async ({ body: { event_id: announcement }, bot, event, log }) => {
          const found = (await announcements.all()).find(known => known.event === announcement)
          if (!found) return log.warn({ announcement }, 'there is no such announcement to take back')
          await announcements.markUndone(announcement, event.id)
          const taken = await announcements.takeBack(bot, announcement, event.id)
          log.info({ announcement, ...taken }, 'an announcement was taken back')
        },
      )
    }

    const role = 'moderator'
    ctx.command(
      'undo [event]',
      {
        role,
        description: {
          en: 'Take an announcement back: the last, or the one of that event',
          zh: '撤回公告：最近的一条，或指定事件的那一条',
        },
        names: { zh: '撤回' },
      },
      async ({ args, bot, event, t }) => {
        const found = chosen(await announcements.all(), args.event, t)
        const by = await announcements.markUndone(found.event, event.id)
        if (by !== event.id) throw new UserError(already(found, t))
        return summary(found, await announcements.takeBack(bot, found.event, event.id), t)
      },
    )

    ctx.command(
      'announcements',
      {
        role,
        description: { en: 'The last announcements, with their events', zh: '最近的公告及其事件' },
        names: { zh: '公告' },
      },
      async ({ t }) => {
        const last = (await announcements.all()).slice(-LISTED).reverse()
        if (last.length === 0) return t('none')
        return last.map(announcement => line(announcement, ctx.timezone, t)).join('\n')
      },
    )
  },
})

function chosen(all: readonly Announcement[], event: string | undefined, t: T): Announcement {
  if (event === undefined) {
    const last = all.at(-1)
    if (!last) throw new UserError(t('none'))
    return last
  }
  const found = all.find(known => known.event === event.toUpperCase())
  if (!found) throw new UserError(t('unknown', { event }))
  return found
}

function summary({ hook }: Announcement, { retracted, tooLate }: TakenBack, t: T): string {
  if (retracted + tooLate === 0) return t('notSent', { hook })
  const done = t('done', { retracted, posts: posts(retracted + tooLate, t), hook })
  return tooLate === 0 ? done : `${done} ${t('tooLate', { count: tooLate })}`
}

const already = ({ hook, tooLate }: Announcement, t: T): string =>
  tooLate ? t('wasTooLate', { posts: posts(tooLate, t), hook }) : t('already', { hook })

function line(
  { event, hook, at, targets: count, undoneBy, tooLate }: Announcement,
  timeZone: string,
  t: T,
): string {
  // Swedes write dates as ISO 8601 does.
  const when = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    at,
  )
  const targets = t(count === 1 ? 'target' : 'targets', { count })
  const about = { when, hook, targets, event }
  if (tooLate) return t('lineLate', { ...about, count: tooLate })
  return t(undoneBy ? 'lineBack' : 'line', about)
}

const posts = (count: number, t: T): string => t(count === 1 ? 'post' : 'posts', { count })
