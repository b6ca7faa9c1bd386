import { backoffMs } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { asError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { Store } from '../../store/index.ts'
import type { RuntimeTables } from '../../store/schema/runtime.ts'
import type { AppOutbox } from '../bot/app-outbox.ts'
import { ensureIdentity } from '../bot/identity.ts'
import type { BotSpec } from '../options.ts'
import { isOutage } from '../outage.ts'

export interface AccountsOptions {
  readonly store: Store<RuntimeTables>
  readonly clock: Clock
  readonly log: Log
  /** Aborted when all stops. */
  readonly signal: AbortSignal
  /** @throws AppError `app.unknown` */
  readonly appFor: (spec: BotSpec) => AppOutbox
}

/** Accounts that are seen to at a time. */
const AT_A_TIME = 16
const TELL_EVERY_MS = 5000

/** The accounts of bots at JMessage. One in the shadow needs none. */
export class Accounts {
  readonly #options: AccountsOptions

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  /**
   * Sees to the account of a bot; waits for JMessage, if need be: without its account a bot can do nothing.
   *
   * @param signal  ends the waiting
   */
  async see(spec: BotSpec, signal: AbortSignal = this.#options.signal): Promise<void> {
    const { clock } = this.#options
    for (let failures = 1; !(await this.#try(spec, failures)); failures++)
      await sleep(clock, backoffMs(failures, { firstMs: 500, longestMs: 15_000 }), signal)
  }

  /**
   * Sees to those of several bots, a few at a time.
   *
   * @param waits  whether JMessage is waited for
   * @returns those for which it was not
   */
  async seeAll(specs: readonly BotSpec[], waits: boolean): Promise<BotSpec[]> {
    const { clock, log } = this.#options
    const left = [...specs].reverse()
    const later: BotSpec[] = []
    let done = 0
    const tell = () => {
      log.info({ done, of: specs.length }, 'the accounts of the bots are being seen to')
      cancel = clock.after(TELL_EVERY_MS, tell)
    }
    let cancel = clock.after(TELL_EVERY_MS, tell)
    const work = async () => {
      for (let spec = left.pop(); spec; spec = left.pop()) {
        if (waits) await this.see(spec)
        else if (!(await this.#try(spec))) later.push(spec)
        done++
      }
    }
    try {
      await Promise.all(Array.from({ length: AT_A_TIME }, work))
    } finally {
      left.length = 0
      cancel()
    }
    return later
  }

  /** `false` when JMessage cannot be reached, which is told the first time. */
  async #try(spec: BotSpec, tries = 1): Promise<boolean> {
    const { id, mode, username, nickname, avatar, adopt = false } = spec
    const { store, clock, log, appFor } = this.#options
    const { client, appKey } = appFor(spec)
    if (mode === 'shadow') return true
    try {
      const options = { client, store, appKey, now: () => clock.now(), log }
      await ensureIdentity(options, { bot: id, username, nickname, avatar, adopt })
      return true
    } catch (thrown) {
      const error = asError(thrown)
      if (!isOutage(error)) throw error
      if (tries === 1) log.warn({ bot: id, reason: error.message }, 'waiting for JMessage to register a bot')
      return false
    }
  }
}
