import { z } from 'zod'
import { AppError } from '../../base/errors.ts'
import { Id, UserRef } from '../../protocol/fields.ts'
import type { Bot } from '../bot/bot.ts'
import type { Term } from '../bot/targets.ts'
import { read } from './kinds.ts'
import type { OrderKind } from './orders.ts'

const bot = z.string().optional()
const user = UserRef
const term = { for: z.number().int().positive().optional() }
/** Where a mute holds, and a kick. */
const place = z.union([z.object({ group: Id }), z.object({ room: Id })])

const MuteArgs = z.object({ bot, user, in: place, ...term })
const PlaceArgs = z.object({ bot, user, in: place })
const BanArgs = z.object({ bot, user, ...term })
const UserArgs = z.object({ bot, user })
const DndArgs = z.object({
  ...{ bot, user },
  of: z.union([
    z.object({ user: UserRef, on: z.boolean() }),
    z.object({ group: Id, on: z.boolean() }),
    z.object({ global: z.boolean() }),
  ]),
})
const RetractArgs = z.object({ bot, sender: UserRef.optional(), msgId: z.number().int().positive() })

export type Place = z.output<typeof place>
export type MuteArgs = z.output<typeof MuteArgs>
export type DndArgs = z.output<typeof DndArgs>

/** What a bot was asked to do, once it is done. */
export interface Acted {
  readonly bot: string
  /** Until when it holds, epoch ms; absent: until it is lifted, or at once. */
  readonly until?: number
}

/** The orders that a bot carries out with its rights, by their names. */
export function botOrders(bots: () => readonly Bot[], now: () => number): Record<string, OrderKind> {
  const named = (id: string | undefined): Bot => botOf(bots(), id)
  const placeOf = (bot: Bot, at: Place) => ('group' in at ? bot.group(at.group) : bot.room(at.room))
  const done = (bot: Bot, forMs?: number): Acted => ({
    bot: bot.id,
    ...(forMs === undefined ? {} : { until: now() + forMs }),
  })
  const termOf = (forMs: number | undefined): Term => (forMs === undefined ? {} : { for: forMs })
  return {
    'bot.mute': async given => {
      const { bot: id, user, in: at, for: forMs } = read(MuteArgs, given)
      const bot = named(id)
      await placeOf(bot, at).mute(user, termOf(forMs))
      return done(bot, forMs)
    },
    'bot.unmute': async given => {
      const { bot: id, user, in: at } = read(PlaceArgs, given)
      const bot = named(id)
      await placeOf(bot, at).unmute(user)
      return done(bot)
    },
    'bot.kick': async given => {
      const { bot: id, user, in: at } = read(PlaceArgs, given)
      const bot = named(id)
      await placeOf(bot, at).kick(user)
      return done(bot)
    },
    'bot.ban': async given => {
      const { bot: id, user, for: forMs } = read(BanArgs, given)
      const bot = named(id)
      await bot.user(user).ban(termOf(forMs))
      return done(bot, forMs)
    },
    'bot.unban': async given => {
      const { bot: id, user } = read(UserArgs, given)
      const bot = named(id)
      await bot.user(user).unban()
      return done(bot)
    },
    'bot.dnd': async given => {
      const { bot: id, user, of } = read(DndArgs, given)
      const bot = named(id)
      await bot.user(user).doNotDisturb(of)
      return done(bot)
    },
    'bot.retract': async given => {
      const { bot: id, sender, msgId } = read(RetractArgs, given)
      const bot = named(id)
      await bot.retract({ sender: sender ?? bot.username, msgId, lane: `retract:${msgId}` })
      return done(bot)
    },
  }
}

/**
 * The bot that a person means: the only one, if none is named.
 *
 * @throws AppError `bot.unknown`
 */
export function botOf(bots: readonly Bot[], named: string | undefined): Bot {
  const bot = named === undefined && bots.length === 1 ? bots[0] : bots.find(({ id }) => id === named)
  if (bot) return bot
  const names = bots.map(({ id }) => id).join(', ') || 'none'
  throw new AppError(named === undefined ? 'which bot is not said' : `there is no bot ${named}`, {
    code: 'bot.unknown',
    hint: `There are ${names}: --bot names one.`,
  })
}
