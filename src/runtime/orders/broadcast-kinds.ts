import { z } from 'zod'
import { AppError } from '../../base/errors.ts'
import type { Bot } from '../bot/bot.ts'
import type { Broadcast, BroadcastProgress } from '../bot/broadcast/broadcast.ts'
import type { Broadcasts } from '../bot/broadcast/broadcasts.ts'
import { botOf } from './bot-kinds.ts'
import { read } from './kinds.ts'
import type { OrderKind } from './orders.ts'

const ids = z.array(z.string()).default([])
const StartArgs = z.object({
  bot: z.string().optional(),
  to: z.object({ groups: ids, rooms: ids, users: ids }),
  text: z.string(),
  title: z.string().optional(),
  paused: z.boolean().default(false),
})
const NamedArgs = z.object({ id: z.string() })
export type StartArgs = z.input<typeof StartArgs>

/** A broadcast that was begun. */
export interface Begun {
  readonly id: string
  readonly total: number
  readonly estimateMs: number
}

/** What became of an order about a broadcast. */
export interface Moved {
  /** Whether there was something to be changed. */
  readonly moved: boolean
  readonly progress: BroadcastProgress
}

export const MOVES = ['pause', 'resume', 'cancel', 'undo'] as const
export type Move = (typeof MOVES)[number]

/** The orders about broadcasts, by their names. */
export function broadcastOrders(means: {
  readonly broadcasts: Broadcasts
  readonly bots: () => readonly Bot[]
}): Record<string, OrderKind> {
  const { broadcasts, bots } = means
  const find = async (given: unknown): Promise<Broadcast> => {
    const { id } = read(NamedArgs, given)
    const broadcast = await broadcasts.find(id)
    if (broadcast) return broadcast
    throw new AppError(`there is no broadcast ${id}`, { code: 'broadcast.unknown' })
  }
  const move =
    (how: Move): OrderKind =>
    async (given): Promise<Moved> => {
      const broadcast = await find(given)
      return { moved: await broadcast[how](), progress: await broadcast.progress() }
    }
  return {
    'broadcast.start': async (given, order): Promise<Begun> => {
      const { bot: named, title, ...rest } = read(StartArgs, given)
      const bot = botOf(bots(), named)
      const more = title === undefined ? {} : { title }
      const { id, total, estimateMs } = await bot.broadcast({ ...rest, ...more, key: `order/${order}` })
      return { id, total, estimateMs }
    },
    ...Object.fromEntries(MOVES.map(how => [`broadcast.${how}`, move(how)])),
  }
}
