import type { Bot } from '../bot/bot.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { HandlerContext } from './context.ts'

/** The context of an attempt's handler. Its signal is made when it is asked for: most handlers never do. */
export function contextOf(bot: Bot, attempt: Attempt, job: HandlerContext['job']): HandlerContext {
  return {
    bot: bot.during(attempt),
    event: attempt.delivery.event,
    job,
    get signal() {
      return attempt.signal
    },
  }
}

/** A context with more in it. */
export const extend = <More extends object>(context: HandlerContext, more: More): HandlerContext & More =>
  Object.assign(Object.create(context) as HandlerContext, more)
