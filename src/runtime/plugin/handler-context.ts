import type { Log } from '../../base/log.ts'
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
  readonly #log: Log

  /** @param log  of the plugin */
  constructor(bot: Bot, attempt: Attempt, job: HandlerContext['job'], log: Log) {
    this.bot = bot.during(attempt)
    this.event = attempt.delivery.event
    this.job = job
    this.#attempt = attempt
    this.#log = log
  }

  /** Made when it is asked for: most handlers never do. */
  get signal(): AbortSignal {
    return this.#attempt.signal
  }

  /** Made when it is asked for. */
  get log(): Log {
    return this.#log.child({ event: this.event.id })
  }
}

/** Puts more into a context, which serves one attempt only: its listeners, and the handler or command. */
export const extend = <More extends object>(context: HandlerContext, more: More): HandlerContext & More =>
  Object.assign(context, more)
