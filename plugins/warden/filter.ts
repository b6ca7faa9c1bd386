import {
  AppError,
  formatDuration,
  type HandlerContext,
  type Message,
  type PluginContext,
  type Speaking,
} from 'beadle'
import type { Settings } from './settings.ts'
import type { texts } from './texts.ts'
import type { Finding } from './word-finder.ts'

type Log = HandlerContext['log']
type Told = HandlerContext & Speaking<typeof texts>

/** A user is warned once in this time. */
const WARNING_MS = 60_000
/** When more users than this are remembered, those of longer ago are forgotten. */
const REMEMBERED = 1000

/** Does to a message that breaks the rules, and to its author, what the settings say. */
export class Filter {
  readonly #ctx: PluginContext
  readonly #actions: Settings['actions']
  /**
   * When each user was warned. In memory only: a restart forgets it, and then a user may be warned once too often, which
   * is better than a write to the disk for each message of a flood.
   */
  readonly #warnedAt = new Map<string, number>()

  constructor(ctx: PluginContext, actions: Settings['actions']) {
    this.#ctx = ctx
    this.#actions = actions
  }

  /** Each action is taken whether or not the others can be. */
  async enforce(message: Message, { start, end }: Finding, { log, t }: Told): Promise<void> {
    const { retract, mute, warn } = this.#actions
    const place = message.group ?? message.room
    const outcomes = await Promise.allSettled([
      place && retract ? this.#try('retract', message, log, () => message.retract()) : undefined,
      place && mute !== false
        ? this.#try('mute', message, log, () => place.mute(message.sender, { for: mute }))
        : undefined,
      warn === false ? undefined : this.#try('warn', message, log, () => this.#warn(message, t)),
    ])
    const { sender, msgId } = message
    log.info({ sender, msgId, start, end }, 'a message broke the rules')
    const failed = outcomes.find(outcome => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** A refusal that trying again cannot change is noted: the message is too old, or its author has left. */
  async #try(action: string, { sender, msgId }: Message, log: Log, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof AppError && error.retry === 'never')) throw error
      log.warn({ action, sender, msgId, reason: error.message }, 'an action was not possible')
    }
  }

  /** At most once a minute for each user, so that the warnings do not become the flood. */
  async #warn(message: Message, t: Told['t']): Promise<void> {
    const { warn, mute } = this.#actions
    if (warn === false) return
    const { sender } = message
    const now = this.#ctx.clock.now()
    if (now - (this.#warnedAt.get(sender) ?? Number.NEGATIVE_INFINITY) < WARNING_MS) return
    this.#warnedAt.set(sender, now)
    try {
      const isMuted = mute !== false && message.targetType !== 'single'
      const shown = { user: sender, mute: isMuted ? formatDuration(mute) : null }
      await message.reply(warn ? warn.render(shown) : t('warning', { user: sender }))
    } catch (error) {
      this.#warnedAt.delete(sender)
      throw error
    }
    if (this.#warnedAt.size > REMEMBERED) this.#forget(now - WARNING_MS)
  }

  #forget(before: number): void {
    for (const [user, at] of this.#warnedAt) if (at < before) this.#warnedAt.delete(user)
  }
}
