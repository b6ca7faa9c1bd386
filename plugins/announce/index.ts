import { definePlugin, forEachTarget, targetsOf, UserError, z } from 'beadle'
import { type Announcement, Announcements, type TakenBack } from './journal.ts'
import { bodyOf, Settings, UNDO } from './settings.ts'

const LISTED = 10
const EXPIRE = 'expire'

/** Posts that a webhook sets off, and that can be taken back. */
export default definePlugin({
  name: 'announce',
  description: 'A call of a webhook becomes a post in groups, rooms and direct chats',
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

    ctx.command(
      'undo [event]',
      { role: 'moderator', description: 'Take an announcement back: the last, or the one of that event' },
      async ({ args, bot, event }) => {
        const found = chosen(await announcements.all(), args.event)
        const by = await announcements.markUndone(found.event, event.id)
        if (by !== event.id) throw new UserError(already(found))
        return summary(found, await announcements.takeBack(bot, found.event, event.id))
      },
    )

    ctx.command(
      'announcements',
      { role: 'moderator', description: 'The last announcements, with their events' },
      async () => {
        const last = (await announcements.all()).slice(-LISTED).reverse()
        if (last.length === 0) return 'Nothing was announced yet.'
        return last.map(announcement => line(announcement, ctx.timezone)).join('\n')
      },
    )
  },
})

function chosen(all: readonly Announcement[], event: string | undefined): Announcement {
  if (event === undefined) {
    const last = all.at(-1)
    if (!last) throw new UserError('Nothing was announced yet.')
    return last
  }
  const found = all.find(known => known.event === event.toUpperCase())
  if (!found)
    throw new UserError(`I know no announcement ${event}. The command announcements lists the last ones.`)
  return found
}

function summary({ hook }: Announcement, { retracted, tooLate }: TakenBack): string {
  if (retracted + tooLate === 0) return `Nothing of the announcement ${hook} had been sent.`
  const done = `Took back ${retracted} of ${count(retracted + tooLate, 'post')} of the announcement ${hook}.`
  return tooLate === 0 ? done : `${done} Too late for ${tooLate}: more than three minutes have passed.`
}

const already = ({ hook, tooLate }: Announcement): string =>
  tooLate
    ? `It was too late for ${count(tooLate, 'post')} of the announcement ${hook} before.`
    : `The announcement ${hook} was taken back already.`

function line({ event, hook, at, targets, undoneBy, tooLate }: Announcement, timeZone: string): string {
  // Swedes write dates as ISO 8601 does.
  const when = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    at,
  )
  const fate = tooLate ? `, too late for ${tooLate}` : undoneBy ? ', taken back' : ''
  return `${when} ${hook}, ${count(targets, 'target')}${fate}: ${event}`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
