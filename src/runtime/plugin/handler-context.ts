import type { Bot } from '../bot/bot.ts'
import type { Attempt } from '../dispatch/attempt.ts'
import type { StoredEvent } from '../events/event.ts'
import type { HandlerContext } from './context.ts'

/** What the handler of one attempt is given. */
export class AttemptContext implements HandlerContext {
  readonly bot: Bot
  readonly event: StoredEvent
  readonly job: HandlerContext['job']
  readonly #attempt: Attempt

  constructor(bot: Bot, attempt: Attempt, job: HandlerContext['job']) {
    this.bot = bot.during(attempt)
    this.event = attempt.delivery.event
    this.job = job
    this.#attempt = attempt
  }

  /** Made when it is asked for: most handlers never do. */
  get signal(): AbortSignal {
    return this.#attempt.signal
  }
}

/** Puts more into a context, which serves one handler only. */
export const extend = <More extends object>(context: HandlerContext, more: More): HandlerContext & More =>
  Object.assign(context, more)
